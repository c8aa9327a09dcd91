using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

/// <summary><see cref="AbsoluteError"/> and <see cref="Huber"/>.</summary>
public class NumberLossTests
{
    [Fact]
    public void The_absolute_error_is_a_mean_over_the_numbers_of_a_sample()
    {
        var (losses, gradients) = Run.Batched(new AbsoluteError(), 2, (new Shape(2), [1.0, 2, 3, 4]), (new Shape(2), [4.0, 0, 3, 4]));
        Assert.Equal([2.5, 0], losses);
        Assert.Equal([-0.5, 0.5, 0, 0], gradients[0]);
        Assert.Equal([0.5, -0.5, 0, 0], gradients[1]);
    }

    [Fact]
    public void Huber_is_squared_near_and_linear_far()
    {
        var (losses, gradients) = Run.Batched(new Huber(2), 1, (new Shape(4), [1.0, 2, 7, -7]), (new Shape(4), [0.0, 0, 0, 0]));
        Assert.Equal([0.5 + 2 + 12 + 12], losses);
        Assert.Equal([1, 2, 2, -2], gradients[0]);
        Assert.Equal([-1, -2, -2, 2], gradients[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Huber(0));
    }

    [Fact]
    public void NaN_is_not_swallowed()
    {
        foreach (var operation in new Operation[] { new AbsoluteError(), new Huber() })
            Assert.True(float.IsNaN(Run.Batched(operation, 1, (new Shape(2), [float.NaN, 1]), (new Shape(2), [1f, 0])).Output[0]));
    }
}
