using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public class CirclesTests
{
    [Fact]
    public void Without_noise_the_radius_tells_the_class()
    {
        var set = Circles.Generate(40, 0.25f, 0, 1);
        Assert.Equal((80, 2, new Shape(2)), (set.Count, set.Classes, set.SampleShape));
        var all = Points.All(set);
        for (var i = 0; i < set.Count; i++)
        {
            Assert.Equal(i / 40, set.Label(i));
            var (radius, t) = (i < 40 ? 1 : 0.25, 2 * Math.PI * (i % 40) / 40);
            Assert.Equal(radius * Math.Cos(t), all[2 * i], 1e-6);
            Assert.Equal(radius * Math.Sin(t), all[2 * i + 1], 1e-6);
        }
    }

    [Fact]
    public void Noise_has_its_deviation_and_a_stream_for_each_seed_and_part()
    {
        var (noisy, clean) = (Points.All(Circles.Generate(2000, 0.5f, 0.1f, 1)), Points.All(Circles.Generate(2000, 0.5f, 0, 1)));
        Assert.InRange(Math.Sqrt(noisy.Zip(clean, (a, b) => (a - b) * (a - b)).Average()), 0.097, 0.103);
        Assert.NotEqual(Circles.Generate(50, 0.5f, 0.1f, 1).Fingerprint, Circles.Generate(50, 0.5f, 0.1f, 2).Fingerprint);
        Assert.NotEqual(Circles.Generate(50, 0.5f, 0.1f, 1).Fingerprint, Circles.Generate(50, 0.5f, 0.1f, 1, part: 1).Fingerprint);
    }

    [Theory]
    [InlineData(0, 0.5f, 0f)]
    [InlineData(1, 0f, 0f)]
    [InlineData(1, 1f, 0f)]
    [InlineData(1, float.NaN, 0f)]
    [InlineData(1, 0.5f, float.PositiveInfinity)]
    public void Settings_out_of_range_are_refused(int points, float ratio, float noise) =>
        Assert.Throws<DataException>(() => Circles.Generate(points, ratio, noise, 1));
}
