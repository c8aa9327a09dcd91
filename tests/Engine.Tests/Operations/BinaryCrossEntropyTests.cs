using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class BinaryCrossEntropyTests
{
    [Fact]
    public void An_undecided_logit_costs_log_2_whatever_the_target()
    {
        var (losses, gradients) = Run.Batched(new BinaryCrossEntropy(), 3, (new Shape(1), [0.0, 0, 0]), (new Shape(1), [0, 1, 0.25]));
        Assert.All(losses, loss => Assert.Equal(Math.Log(2), loss, 1e-15));
        Assert.Equal([0.5, -0.5, 0.25], gradients[0]);
    }

    /// <summary>log(1 − σ(200)) would be log 0.</summary>
    [Fact]
    public void Large_logits_neither_overflow_nor_swallow_a_small_loss()
    {
        var (losses, gradients) = Run.Batched(new BinaryCrossEntropy(), 4,
            (new Shape(1), [200f, 200, -3e38f, 20]), (new Shape(1), [0f, 1, 1, 1]));
        Assert.Equal([200f, 0, 3e38f], losses[..3]);
        Assert.Equal(2.0611536e-9f, losses[3], 1e-15f);
        Assert.Equal([1f, 0, -1], gradients[0][..3]);
    }

    [Fact]
    public void Each_class_against_all_others_is_a_sum_over_the_classes()
    {
        var one = Run.Batched(new BinaryCrossEntropy(), 3, (new Shape(1), [0.5, -1, 2]), (new Shape(1), [0.0, 1, 0]));
        var three = Run.Batched(new BinaryCrossEntropy(), 1, (new Shape(3), [0.5, -1, 2]), (new Shape(3), [0.0, 1, 0]));
        Assert.Equal(one.Output.Sum(), three.Output[0], 1e-15);
        Assert.Equal(one.Gradients[0], three.Gradients[0]);
    }

    [Fact]
    public void NaN_is_not_swallowed() => Assert.True(float.IsNaN(
        Run.Batched(new BinaryCrossEntropy(), 1, (new Shape(2), [float.NaN, 1]), (new Shape(2), [1f, 0])).Output[0]));
}
