using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public class MoonsTests
{
    [Fact]
    public void Without_noise_points_lie_on_two_half_circles()
    {
        var set = Moons.Generate(51, 0, 1);
        Assert.Equal((102, 2, new Shape(2)), (set.Count, set.Classes, set.SampleShape));
        var point = new float[2];
        for (var i = 0; i < set.Count; i++)
        {
            set.CopyFeatures([i], point);
            var t = Math.PI * (i % 51) / 50;
            Assert.Equal(i / 51, set.Label(i));
            Assert.Equal(i < 51 ? Math.Cos(t) : 1 - Math.Cos(t), point[0], 1e-6);
            Assert.Equal(i < 51 ? Math.Sin(t) : 0.5 - Math.Sin(t), point[1], 1e-6);
        }
    }

    [Fact]
    public void Noise_has_its_deviation_and_a_stream_for_each_seed_and_part()
    {
        var (noisy, clean) = (Points.All(Moons.Generate(2000, 0.1f, 1)), Points.All(Moons.Generate(2000, 0, 1)));
        Assert.InRange(Math.Sqrt(noisy.Zip(clean, (a, b) => (a - b) * (a - b)).Average()), 0.097, 0.103);
        Assert.Equal(Moons.Generate(50, 0.1f, 1).Fingerprint, Moons.Generate(50, 0.1f, 1).Fingerprint);
        Assert.NotEqual(Moons.Generate(50, 0.1f, 1).Fingerprint, Moons.Generate(50, 0.1f, 2).Fingerprint);
        Assert.NotEqual(Moons.Generate(50, 0.1f, 1).Fingerprint, Moons.Generate(50, 0.1f, 1, part: 1).Fingerprint);
    }

    [Theory]
    [InlineData(0, 0f)]
    [InlineData(1, -1f)]
    [InlineData(1, float.NaN)]
    [InlineData(int.MaxValue, 0f)]
    public void Settings_out_of_range_are_refused(int points, float noise) =>
        Assert.Throws<DataException>(() => Moons.Generate(points, noise, 1));
}

internal static class Points
{
    /// <summary>The features of all samples, one after another.</summary>
    public static float[] All(DataSet set)
    {
        var features = new float[set.SampleShape.SampleElements * set.Count];
        set.CopyFeatures([.. Enumerable.Range(0, set.Count)], features);
        return features;
    }
}
