using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Training;

public class TreeAccumulatorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(32)]
    public void Leaves_are_added_in_the_fixed_tree(int leaves)
    {
        var random = new Random(leaves);
        var accumulator = new TreeAccumulator(3, 32);
        for (var round = 0; round < 3; round++)
        {
            float[][] values = [.. Enumerable.Range(0, leaves).Select(_ =>
                new[] { random.NextSingle(), 1e8f * random.NextSingle(), random.NextSingle() - 0.5f })];
            var root = new float[3];
            accumulator.Begin(root);
            foreach (var value in values)
            {
                value.CopyTo(accumulator.Leaf);
                accumulator.Add();
            }
            Assert.Equal(Tree(values), root);
        }
    }

    private static float[] Tree(ReadOnlySpan<float[]> leaves)
    {
        if (leaves.Length == 1) return leaves[0];
        var (left, right) = (Tree(leaves[..(leaves.Length / 2)]), Tree(leaves[(leaves.Length / 2)..]));
        return [.. left.Zip(right, (a, b) => a + b)];
    }
}
