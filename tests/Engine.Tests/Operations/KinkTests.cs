using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

/// <summary>What operations do where they have no derivative, at the ends of the range, and with NaN: by their documentation.</summary>
public class KinkTests
{
    private static readonly double[] Points = [-2, 0, 3, double.NaN];

    [Fact]
    public void Relu()
    {
        var (output, gradients) = Run.Batched(new Relu(), 4, (Shape.Scalar, Points));
        Assert.Equal([0, 0, 3, double.NaN], output);
        Assert.Equal([0, 0, 1], gradients[0][..3]);
    }

    [Fact]
    public void LeakyRelu()
    {
        var (output, gradients) = Run.Batched(new LeakyRelu(0.5f), 4, (Shape.Scalar, Points));
        Assert.Equal([-1, 0, 3, double.NaN], output);
        Assert.Equal([0.5, 0.5, 1], gradients[0][..3]);
    }

    [Fact]
    public void A_tie_of_maximum_goes_to_the_first()
    {
        var (output, gradients) = Run.Batched(new Maximum(), 4, (Shape.Scalar, [1.0, 2, 2, double.NaN]), (Shape.Scalar, [2.0, 2, 1, 0]));
        Assert.Equal([2, 2, 2, double.NaN], output);
        Assert.Equal([0, 1, 1], gradients[0][..3]);
        Assert.Equal([1, 0, 0], gradients[1][..3]);
    }

    [Fact]
    public void Log_of_zero_and_below()
    {
        var (output, _) = Run.Batched(new Log(), 2, (Shape.Scalar, [0f, -1f]));
        Assert.Equal([float.NegativeInfinity, float.NaN], output);
    }
}
