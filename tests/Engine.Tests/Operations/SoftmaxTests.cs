using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class SoftmaxTests
{
    [Fact]
    public void Rows_are_positive_and_add_up_to_one_however_large_the_logits()
    {
        var (p, gradients) = Run.Batched(new Softmax(), 1, (new Shape(2, 3), [1000.0, 1001, 1002, -1e300, 0, 1e300]));
        Assert.Equal(1, p[0] + p[1] + p[2], 1e-15);
        Assert.Equal(Math.E, p[1] / p[0], 1e-14);
        Assert.Equal([0, 0, 1], p[3..]);
        // The sum of a row is 1 whatever the logits: its gradient is 0.
        Assert.All(gradients[0], gradient => Assert.Equal(0, gradient, 1e-15));
    }
}
