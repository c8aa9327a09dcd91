using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public class MemoryDataSetTests
{
    private static MemoryDataSet Set(Scaler? scaler = null) => new([1, 10, 2, 20, 6, 60], [0, 1, 1], new Shape(2), 2, scaler);

    [Fact]
    public void Samples_are_copied_in_the_order_asked_for()
    {
        var features = new float[6];
        Set().CopyFeatures([2, 0, 2], features);
        Assert.Equal([6f, 60, 1, 10, 6, 60], features);
        Assert.Equal([0, 1, 1], Enumerable.Range(0, 3).Select(Set().Label));
    }

    [Fact]
    public void Unit_divides_by_255() => Assert.Equal([1f / 255, 10f / 255], First(Set(Scaler.Unit)));

    [Fact]
    public void Standardize_per_feature()
    {
        // Feature 0 is 1, 2, 6: mean 3, variance 14/3.
        var scaler = Set().FitScaler(Scaling.StandardizePerFeature);
        Assert.Equal([3f, 30f], scaler.Means.ToArray());
        Assert.Equal([(float)Math.Sqrt(14.0 / 3), (float)Math.Sqrt(1400.0 / 3)], scaler.Deviations.ToArray());
        Assert.Equal((1f - 3) / (float)Math.Sqrt(14.0 / 3), First(Set(scaler))[0]);
    }

    [Fact]
    public void Standardize_globally()
    {
        var scaler = Set().FitScaler(Scaling.Standardize);
        Assert.Equal([16.5f], scaler.Means.ToArray());
        Assert.Equal((float)Math.Sqrt((1 + 100 + 4 + 400 + 36 + 3600) / 6.0 - 16.5 * 16.5), Assert.Single(scaler.Deviations), 1e-5f);
    }

    [Fact]
    public void A_feature_that_never_changes_becomes_0()
    {
        var set = new MemoryDataSet([5, 1, 5, 2], [0, 1], new Shape(2), 2);
        Assert.Equal(0, First(set.WithScaler(set.FitScaler(Scaling.StandardizePerFeature)))[0]);
    }

    [Fact]
    public void A_label_out_of_range_is_named_with_its_sample()
    {
        var error = Assert.Throws<DataException>(() => new MemoryDataSet([1, 2, 3], [0, 1, 2], new Shape(1), 2));
        Assert.Equal("sample 2 has label 2; with 2 classes labels are 0 to 1", error.Message);
        Assert.Throws<DataException>(() => new MemoryDataSet([1, 2, 3], [0, -1, 1], new Shape(1), 2));
    }

    [Fact]
    public void Counts_that_do_not_fit_are_refused()
    {
        Assert.Contains("want 6 features, got 5", Assert.Throws<DataException>(
            () => new MemoryDataSet(new float[5], new int[3], new Shape(2), 2)).Message);
        Assert.Throws<DataException>(() => new MemoryDataSet([], [], new Shape(2), 2));
        Assert.Throws<DataException>(() => Set(new MemoryDataSet([1, 2], [0, 0], new Shape(1), 1).FitScaler(Scaling.StandardizePerFeature)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Set().CopyFeatures([3], new float[2]));
        Assert.Throws<ArgumentException>(() => Set().CopyFeatures([1], new float[3]));
    }

    [Fact]
    public void The_fingerprint_is_of_the_contents()
    {
        Assert.Equal(Set().Fingerprint, Set().Fingerprint);
        Assert.Equal("a6ca94898ae7516a6de4f38840474161bc4a0ffeba699b6d513345389942fcbd", Convert.ToHexStringLower(Set().Fingerprint));
        StoredDataSet[] others =
        [
            Set(Scaler.Unit), Set(Set().FitScaler(Scaling.Standardize)), Set().Select([0, 1]), Set().Select([0, 2, 1]),
            new MemoryDataSet([1, 10, 2, 20, 6, 61], [0, 1, 1], new Shape(2), 2),
            new MemoryDataSet([1, 10, 2, 20, 6, 60], [0, 1, 0], new Shape(2), 2),
            new MemoryDataSet([1, 10, 2, 20, 6, 60], [0, 1, 1], new Shape(2), 3),
            new MemoryDataSet([1, 10, 2, 20, 6, 60], [0, 1, 1], new Shape(1, 2), 2),
            new ByteImageDataSet([1, 10, 2, 20, 6, 60], [0, 1, 1], new Shape(2), 2),
            Set(),
        ];
        Assert.Equal(others.Length, others.Select(set => Convert.ToHexString(set.Fingerprint)).Distinct().Count());
    }

    private static float[] First(DataSet set)
    {
        var features = new float[set.SampleShape.SampleElements];
        set.CopyFeatures([0], features);
        return features;
    }
}
