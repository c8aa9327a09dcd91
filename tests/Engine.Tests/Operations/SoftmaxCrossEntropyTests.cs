using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class SoftmaxCrossEntropyTests
{
    [Fact]
    public void Equal_logits_of_three_classes_cost_log_3()
    {
        var (losses, gradients) = Run.Batched(new SoftmaxCrossEntropy(), 2,
            (new Shape(3), [5.0, 5, 5, -1, -1, -1]), (Shape.Scalar, [0, 2]));
        Assert.All(losses, loss => Assert.Equal(Math.Log(3), loss, 1e-15));
        double[] wanted = [-2 / 3.0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 1 / 3.0, -2 / 3.0];
        for (var i = 0; i < 6; i++) Assert.Equal(wanted[i], gradients[0][i], 1e-15);
        Assert.Equal([0, 0], gradients[1]);
    }

    /// <summary>e^1002 is past float and double; a small loss keeps its digits beside large logits.</summary>
    [Fact]
    public void Large_logits_neither_overflow_nor_swallow_a_small_loss()
    {
        var (losses, gradients) = Run.Batched(new SoftmaxCrossEntropy(), 3,
            (new Shape(3), [1000f, 1001, 1002, -1e38f, 0, 1e38f, 1004, 1000, 900]), (Shape.Scalar, [2f, 2, 0]));
        Assert.Equal(0.40760596f, losses[0], 1e-6f);
        Assert.Equal(0, losses[1]);
        Assert.Equal(0.01814993f, losses[2], 1e-7f);
        Assert.All(gradients[0], gradient => Assert.True(float.IsFinite(gradient)));
    }

    [Fact]
    public void NaN_among_the_logits_shows_in_the_loss_of_that_sample_only()
    {
        var (losses, _) = Run.Batched(new SoftmaxCrossEntropy(), 2, (new Shape(3), [1f, float.NaN, 2, 1, 1, 1]), (Shape.Scalar, [0f, 0]));
        Assert.True(float.IsNaN(losses[0]));
        Assert.True(float.IsFinite(losses[1]));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(0.5f)]
    [InlineData(float.NaN)]
    public void A_label_that_is_no_class_is_refused(float label)
    {
        foreach (Operation operation in new Operation[] { new SoftmaxCrossEntropy(), new MulticlassHinge() })
        {
            var error = Assert.Throws<InvalidOperationException>(
                () => Run.Batched(operation, 2, (new Shape(3), new float[6]), (Shape.Scalar, [0f, label])));
            Assert.Equal($"{operation.Name}: label {label} of sample 1 of the pass is not one of the 3 classes 0..2", error.Message);
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        Assert.Equal("softmax-cross-entropy: scores have shape [B, 1], [B, C] or [C] with C ≥ 2 is wanted",
            Run.Refusal(new SoftmaxCrossEntropy(), new Shape(Shape.Batch, 1), new Shape(Shape.Batch)));
        Assert.Equal("softmax-cross-entropy: targets have shape [B, 3], scores [B, 3] want targets [B]",
            Run.Refusal(new SoftmaxCrossEntropy(), new Shape(Shape.Batch, 3), new Shape(Shape.Batch, 3)));
        Assert.Equal("softmax-cross-entropy: takes 2 inputs, got 1", Run.Refusal(new SoftmaxCrossEntropy(), new Shape(Shape.Batch, 3)));
    }
}
