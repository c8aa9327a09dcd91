using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class MulticlassHingeTests
{
    /// <summary>The worked example of Stanford's CS231n notes: scores 13, −7, 11 with the first class right cost 0 with margin 1 and
    /// 8 with margin 10.</summary>
    [Theory]
    [InlineData(1, 0, 0, 0, 0)]
    [InlineData(10, 8, -1, 0, 1)]
    [InlineData(25, 28, -2, 1, 1)]
    public void Every_class_within_the_margin_costs(float margin, double loss, double first, double second, double third)
    {
        var (losses, gradients) = Run.Batched(new MulticlassHinge(margin), 1, (new Shape(3), [13.0, -7, 11]), (Shape.Scalar, [0]));
        Assert.Equal([loss], losses);
        Assert.Equal([first, second, third], gradients[0]);
    }

    [Fact]
    public void At_the_kink_there_is_no_gradient()
    {
        var (losses, gradients) = Run.Batched(new MulticlassHinge(), 1, (new Shape(2), [3.0, 2]), (Shape.Scalar, [0]));
        Assert.Equal([0], losses);
        Assert.Equal([0, 0], gradients[0]);
    }

    [Fact]
    public void NaN_is_not_swallowed() => Assert.True(float.IsNaN(
        Run.Batched(new MulticlassHinge(), 1, (new Shape(3), [1f, float.NaN, 2]), (Shape.Scalar, [0f])).Output[0]));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    public void The_margin_is_above_zero(float margin) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MulticlassHinge(margin));
}
