using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class SliceTests
{
    /// <summary>NumPy's answers for [0, 1, 2, 3, 4][start:stop:step].</summary>
    [Theory]
    [InlineData(1, 4, 1, new double[] { 1, 2, 3 })]
    [InlineData(null, null, 2, new double[] { 0, 2, 4 })]
    [InlineData(null, null, -1, new double[] { 4, 3, 2, 1, 0 })]
    [InlineData(-2, null, 1, new double[] { 3, 4 })]
    [InlineData(null, -1, 1, new double[] { 0, 1, 2, 3 })]
    [InlineData(3, 0, -2, new double[] { 3, 1 })]
    [InlineData(1, 99, 3, new double[] { 1, 4 })]
    [InlineData(2, -99, -1, new double[] { 2, 1, 0 })]
    public void It_takes_the_places_that_NumPy_takes(int? start, int? stop, int step, double[] wanted)
    {
        var (output, gradients) = Run.Batched(new Slice(1, start, stop, step), 2, (new Shape(5), [0.0, 1, 2, 3, 4, 10, 11, 12, 13, 14]));
        Assert.Equal([.. wanted, .. wanted.Select(number => number + 10)], output);
        for (var i = 0; i < 5; i++) Assert.Equal(wanted.Contains(i) ? 1 : 0, gradients[0][i]);
    }

    [Fact]
    public void Axes_outside_it_stay()
    {
        var (output, _) = Run.Batched(new Slice(2, 1, 2), 2, (new Shape(2, 2), [1.0, 2, 3, 4, 5, 6, 7, 8]));
        Assert.Equal([2, 4, 6, 8], output);
        Assert.Equal(new Shape(Shape.Batch, 2, 1), new Graph().Input("x", new Shape(Shape.Batch, 2, 2)).Slice(2, 1, 2).Shape);
    }
}
