using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public class SineTests
{
    [Fact]
    public void Without_noise_targets_are_the_sine()
    {
        var set = Sine.Generate(500, 2, 0, 1);
        Assert.Equal((500, new Shape(1), new ValueTarget(new Shape(1))), (set.Count, set.SampleShape, set.Target));
        var (x, y) = (Points.All(set), Targets(set));
        for (var i = 0; i < 500; i++) Assert.Equal(Math.Sin(4 * Math.PI * x[i]), y[i], 1e-6);
        Assert.InRange(x.Min(), 0, 0.02);
        Assert.InRange(x.Max(), 0.98, 1);
    }

    [Fact]
    public void Noise_has_its_deviation_and_parts_differ()
    {
        var noise = Targets(Sine.Generate(4000, 1, 0.1f, 1)).Zip(Points.All(Sine.Generate(4000, 1, 0.1f, 1)),
            (y, x) => y - Math.Sin(2 * Math.PI * x)).ToList();
        Assert.InRange(Math.Sqrt(noise.Average(d => d * d)), 0.096, 0.104);
        Assert.NotEqual(Sine.Generate(9, 1, 0, 1).Fingerprint, Sine.Generate(9, 1, 0, 1, part: 1).Fingerprint);
        Assert.NotEqual(Sine.Generate(9, 1, 0, 1).Fingerprint, Sine.Generate(9, 1, 0, 2).Fingerprint);
    }

    [Theory]
    [InlineData(0, 1f, 0f)]
    [InlineData(1, 0f, 0f)]
    [InlineData(1, float.NaN, 0f)]
    [InlineData(1, 1f, -1f)]
    public void Settings_out_of_range_are_refused(int count, float waves, float noise) =>
        Assert.Throws<DataException>(() => Sine.Generate(count, waves, noise, 1));

    private static float[] Targets(DataSet set)
    {
        var targets = new float[set.Count];
        set.CopyTargets([.. Enumerable.Range(0, set.Count)], targets);
        return targets;
    }
}
