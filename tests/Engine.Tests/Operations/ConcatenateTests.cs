using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class ConcatenateTests
{
    [Fact]
    public void Parts_lie_one_after_the_other_in_each_sample()
    {
        var (output, gradients) = Run.Batched(new Concatenate(1), 2, (new Shape(2), [1.0, 2, 3, 4]), (new Shape(1), [5.0, 6]));
        Assert.Equal([1, 2, 5, 3, 4, 6], output);
        Assert.Equal([1, 1], gradients[1]);
    }

    [Fact]
    public void Along_an_outer_axis_whole_blocks_lie_together()
    {
        var (output, _) = Run.Batched(new Concatenate(-2), 2, (new Shape(1, 2), [1.0, 2, 3, 4]), (new Shape(1, 2), [5.0, 6, 7, 8]));
        Assert.Equal([1, 2, 5, 6, 3, 4, 7, 8], output);
    }
}
