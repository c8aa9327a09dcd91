using Distributed.Engine.Data;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Tests.Data;

public class ByteImageDataSetTests
{
    private const int Samples = 20, Features = 6;

    public static TheoryData<Scaling> Scalings => [.. Enum.GetValues<Scaling>()];

    /// <summary>Bytes and floats of the same values are scaled to the same bits, but for the statistics' last digit.</summary>
    [Theory]
    [MemberData(nameof(Scalings))]
    public void Scaling_is_that_of_the_floats(Scaling scaling)
    {
        var (bytes, floats) = Sets();
        var (ofBytes, ofFloats) = (bytes.FitScaler(scaling), floats.FitScaler(scaling));
        Assert.Equal(ofFloats.Means.Length, ofBytes.Means.Length);
        for (var i = 0; i < ofFloats.Means.Length; i++)
        {
            Assert.Equal(ofFloats.Means[i], ofBytes.Means[i], 1e-4f);
            Assert.Equal(ofFloats.Deviations[i], ofBytes.Deviations[i], 1e-4f);
        }
        int[] indices = [.. Enumerable.Range(0, Samples).Reverse()];
        var (wanted, got) = (new float[Samples * Features], new float[Samples * Features]);
        floats.WithScaler(ofBytes).CopyFeatures(indices, wanted);
        bytes.WithScaler(ofBytes).CopyFeatures(indices, got);
        AssertBits.Equal(wanted, got);
    }

    /// <summary>Every byte in every lane, in samples that fill no whole number of vectors: what the formula gives, one by one.</summary>
    [Theory]
    [MemberData(nameof(Scalings))]
    public void Scaling_is_the_formula_for_every_byte(Scaling scaling)
    {
        foreach (var width in new[] { 1, 7, 8, 15, 16, 17, 40, 257 })
        {
            var pixels = new byte[256 * width];
            for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)((i / width) + (i % width));
            var set = new ByteImageDataSet(pixels, new int[256], new Shape(1, 1, width), 1);
            set = set.WithScaler(set.FitScaler(scaling));
            var features = new float[pixels.Length];
            set.CopyFeatures([.. Enumerable.Range(0, 256)], features);
            AssertBits.Equal([.. pixels.Select((pixel, i) => set.Scaler.Apply(pixel, i % width))], features);
        }
    }

    [Fact]
    public void Standardized_features_have_mean_0_and_deviation_1()
    {
        var (bytes, _) = Sets();
        foreach (var scaling in new[] { Scaling.Standardize, Scaling.StandardizePerFeature })
        {
            var features = new float[Samples * Features];
            bytes.WithScaler(bytes.FitScaler(scaling)).CopyFeatures([.. Enumerable.Range(0, Samples)], features);
            Assert.Equal(0, features.Average(x => (double)x), 1e-6);
            Assert.Equal(1, features.Average(x => (double)x * x), 1e-6);
        }
    }

    [Fact]
    public void Selected_samples_are_those_asked_for()
    {
        var (bytes, _) = Sets();
        var some = bytes.Select([3, 1]);
        var (wanted, got) = (new float[2 * Features], new float[2 * Features]);
        bytes.CopyFeatures([3, 1], wanted);
        some.CopyFeatures([0, 1], got);
        Assert.Equal(wanted, got);
        Assert.Equal((bytes.Labels[3], bytes.Labels[1]), (some.Labels[0], some.Labels[1]));
    }

    private static (ByteImageDataSet, MemoryDataSet) Sets()
    {
        var random = new RandomStream(3, RandomPurpose.Test);
        var pixels = new byte[Samples * Features];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)random.NextInt(256);
        int[] labels = [.. Enumerable.Range(0, Samples).Select(i => i % 3)];
        var shape = new Shape(1, 2, 3);
        return (new ByteImageDataSet(pixels, labels, shape, 3), new MemoryDataSet(Array.ConvertAll(pixels, x => (float)x), labels, shape, 3));
    }
}
