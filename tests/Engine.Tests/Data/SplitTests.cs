using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public class SplitTests
{
    private static MemoryDataSet Set(int count) =>
        new([.. Enumerable.Range(0, count).Select(i => (float)i)], new int[count], new Shape(1), 1);

    [Theory]
    [InlineData(2, 0.01, 1)]
    [InlineData(2, 0.99, 1)]
    [InlineData(100, 0.25, 25)]
    [InlineData(101, 0.5, 50)]
    public void Every_sample_is_in_one_part_and_order_is_kept(int count, double fraction, int tests)
    {
        var (train, test) = Split.ByFraction(Set(count), fraction, 1, Scaling.None);
        Assert.Equal((count - tests, tests), (train.Count, test!.Count));
        Assert.Equal(Values(train).Order(), Values(train));
        Assert.Equal(Values(test).Order(), Values(test));
        Assert.Equal(Enumerable.Range(0, count).Select(i => (float)i), Values(train).Concat(Values(test)).Order());
    }

    [Fact]
    public void The_seed_picks_the_samples()
    {
        Assert.Equal(Values(Split.ByFraction(Set(100), 0.5, 1, Scaling.None).Train), Values(Split.ByFraction(Set(100), 0.5, 1, Scaling.None).Train));
        Assert.NotEqual(Values(Split.ByFraction(Set(100), 0.5, 1, Scaling.None).Train), Values(Split.ByFraction(Set(100), 0.5, 2, Scaling.None).Train));
    }

    [Fact]
    public void Both_parts_are_scaled_by_the_training_part_alone()
    {
        var (train, test) = Split.ByFraction(Set(100), 0.3, 1, Scaling.Standardize);
        Assert.Equal(0, Values(train).Average(x => (double)x), 1e-6);
        Assert.Same(((StoredDataSet)train).Scaler, ((StoredDataSet)test!).Scaler);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void A_fraction_out_of_range_is_refused(double fraction) =>
        Assert.Throws<DataException>(() => Split.ByFraction(Set(10), fraction, 1, Scaling.None));

    [Fact]
    public void One_sample_cannot_be_split() => Assert.Throws<DataException>(() => Split.ByFraction(Set(1), 0.5, 1, Scaling.None));

    [Fact]
    public void Parts_that_do_not_fit_make_no_pair() =>
        Assert.Contains("must be the same", Assert.Throws<DataException>(() => new DataPair(Set(3), Xor.Generate())).Message);

    private static float[] Values(DataSet set)
    {
        var values = new float[set.Count];
        set.CopyFeatures([.. Enumerable.Range(0, set.Count)], values);
        return values;
    }
}
