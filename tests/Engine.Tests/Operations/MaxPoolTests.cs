using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class MaxPoolTests
{
    [Fact]
    public void The_gradient_goes_to_the_first_of_the_largest()
    {
        float[] image =
        [
            1, 5, 2, 2,
            5, 3, 2, 2,
            -1, -2, 0, float.NaN,
            -3, -4, 9, 0,
        ];
        var (output, gradients) = Run.Batched(new MaxPool(new Window(2, 2), new Window(2, 2)), 1, (new Shape(1, 4, 4), image));
        Assert.Equal([5, 2, -1, float.NaN], output);
        Assert.Equal([0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0], gradients[0]);
    }

    /// <summary>Windows of 3 at stride 2 share a row and column; padding is no candidate though all numbers are negative.</summary>
    [Fact]
    public void Overlapping_windows_add_and_padding_never_wins()
    {
        var window = new Window(3, 2, 1, 1, 1);
        float[] image = [-9, -8, -7, -6, -1, -5, -4, -3, -2];
        var (output, gradients) = Run.Batched(new MaxPool(window, window), 1, (new Shape(1, 3, 3), image));
        Assert.Equal([-1, -1, -1, -1], output);
        Assert.Equal([0, 0, 0, 0, 4, 0, 0, 0, 0], gradients[0]);
    }

    [Fact]
    public void Windows_that_could_lie_in_padding_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MaxPool(new Window(2, 2, 1, 2), new Window(2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MaxPool(new Window(2, 2, 2), new Window(2)));
        Assert.Contains("max-pool: the window spans 2 columns", Run.Refusal(new MaxPool(new Window(2), new Window(2)), new Shape(1, 2, 1)));
        Assert.Contains("at most 16777216 pixels", Run.Refusal(new MaxPool(new Window(2), new Window(2)), new Shape(1, 4097, 4096)));
    }
}
