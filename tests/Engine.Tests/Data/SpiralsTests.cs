using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public class SpiralsTests
{
    [Fact]
    public void Without_noise_points_lie_on_the_spiral()
    {
        var set = Spirals.Generate(3, 101, 0, 1);
        Assert.Equal((303, 3, new Shape(2)), (set.Count, set.Classes, set.SampleShape));
        var point = new float[2];
        for (var i = 0; i < set.Count; i++)
        {
            var (arm, radius) = (i / 101, i % 101 / 100.0);
            set.CopyFeatures([i], point);
            Assert.Equal(arm, set.Labels[i]);
            Assert.Equal(radius * Math.Sin(4 * arm + 4 * radius), point[0], 1e-6);
            Assert.Equal(radius * Math.Cos(4 * arm + 4 * radius), point[1], 1e-6);
        }
    }

    [Fact]
    public void Noise_turns_points_but_keeps_their_radius()
    {
        var (noisy, clean) = (All(Spirals.Generate(3, 100, 0.2f, 1)), All(Spirals.Generate(3, 100, 0, 1)));
        var turns = new List<double>();
        for (var i = 0; i < 300; i++)
        {
            var (x, y, u, v) = (noisy[2 * i], noisy[2 * i + 1], clean[2 * i], clean[2 * i + 1]);
            Assert.Equal(Math.Sqrt(u * u + v * v), Math.Sqrt(x * x + y * y), 1e-6);
            if (i % 100 > 0) turns.Add(Math.Atan2(x * v - y * u, x * u + y * v));
        }
        Assert.InRange(Math.Sqrt(turns.Average(turn => turn * turn)), 0.17, 0.23);
    }

    [Fact]
    public void Seeds_parts_and_arms_have_noise_of_their_own()
    {
        Assert.Equal(Spirals.Generate(3, 50, 0.2f, 1).Fingerprint, Spirals.Generate(3, 50, 0.2f, 1).Fingerprint);
        Assert.NotEqual(Spirals.Generate(3, 50, 0.2f, 1).Fingerprint, Spirals.Generate(3, 50, 0.2f, 2).Fingerprint);
        Assert.NotEqual(Spirals.Generate(3, 50, 0.2f, 1).Fingerprint, Spirals.Generate(3, 50, 0.2f, 1, part: 1).Fingerprint);
        Assert.Equal(All(Spirals.Generate(2, 50, 0.2f, 1)), All(Spirals.Generate(3, 50, 0.2f, 1))[..200]);
    }

    [Theory]
    [InlineData(0, 1, 0f)]
    [InlineData(1, 0, 0f)]
    [InlineData(1, 1, -1f)]
    [InlineData(1, 1, float.NaN)]
    [InlineData(int.MaxValue, int.MaxValue, 0f)]
    public void Settings_out_of_range_are_refused(int arms, int samples, float noise) =>
        Assert.Throws<DataException>(() => Spirals.Generate(arms, samples, noise, 1));

    private static float[] All(DataSet set)
    {
        var features = new float[2 * set.Count];
        set.CopyFeatures([.. Enumerable.Range(0, set.Count)], features);
        return features;
    }
}
