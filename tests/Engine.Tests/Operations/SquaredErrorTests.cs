using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class SquaredErrorTests
{
    [Fact]
    public void It_is_half_the_squared_distance()
    {
        var (losses, gradients) = Run.Batched(new SquaredError(), 2, (new Shape(2), [1.0, 2, 3, 4]), (new Shape(2), [4.0, 6, 3, 4]));
        Assert.Equal([12.5, 0], losses);
        Assert.Equal([-3, -4, 0, 0], gradients[0]);
        Assert.Equal([3, 4, 0, 0], gradients[1]);
    }

    [Fact]
    public void Targets_are_of_the_shape_of_the_scores() => Assert.Equal(
        "squared-error: targets have shape [B, 2], scores [B, 3] want targets [B, 3]",
        Run.Refusal(new SquaredError(), new Shape(Shape.Batch, 3), new Shape(Shape.Batch, 2)));
}
