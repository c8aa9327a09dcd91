using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public class XorTests
{
    [Fact]
    public void The_four_points()
    {
        var features = new float[8];
        Xor.Generate().CopyFeatures([0, 1, 2, 3], features);
        AssertBits.Equal([0, 0, 0, 1, 1, 0, 1, 1], features);
        Assert.Equal([0, 1, 1, 0], Xor.Generate().Labels.ToArray());
    }

    [Fact]
    public void Noisy_copies_lie_around_the_points()
    {
        var set = Xor.Generate(copies: 500, noise: 0.1f, seed: 3);
        var (features, squares) = (new float[2], 0.0);
        for (var i = 0; i < set.Count; i++)
        {
            set.CopyFeatures([i], features);
            var (dx, dy) = (features[0] - (i / 2 % 2), features[1] - (i % 2));
            squares += dx * dx + dy * dy;
            Assert.Equal((i / 2 % 2) ^ (i % 2), set.Labels[i]);
        }
        Assert.InRange(Math.Sqrt(squares / set.Count / 2), 0.095, 0.105);
        Assert.NotEqual(set.Fingerprint, Xor.Generate(500, 0.1f, 4).Fingerprint);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Assert.Throws<DataException>(() => Xor.Generate(0));
        Assert.Throws<DataException>(() => Xor.Generate(int.MaxValue));
        Assert.Throws<DataException>(() => Xor.Generate(1, float.NaN));
    }
}
