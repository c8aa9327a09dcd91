using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class LabelSettingsTests
{
    private static readonly (Shape, double[]) Logits = (new Shape(4), [0.5, 2, -1, 0]);

    [Fact]
    public void Smoothed_labels_are_the_cross_entropy_against_their_distribution()
    {
        var (loss, gradients) = Run.Batched(new SoftmaxCrossEntropy(new LabelSettings(0.25f)), 1, Logits, (Shape.Scalar, [1]));
        double[] wanted = [0.0625, 0.8125, 0.0625, 0.0625];
        var denominator = Logits.Item2.Sum(Math.Exp);
        Assert.Equal(wanted.Zip(Logits.Item2, (q, z) => -q * (z - Math.Log(denominator))).Sum(), loss[0], 1e-15);
        for (var c = 0; c < 4; c++) Assert.Equal((Math.Exp(Logits.Item2[c]) / denominator) - wanted[c], gradients[0][c], 1e-15);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.25f)]
    public void The_weight_of_a_class_multiplies_the_losses_of_its_samples(float smoothing)
    {
        var plain = Run.Batched(new SoftmaxCrossEntropy(new LabelSettings(smoothing)), 1, Logits, (Shape.Scalar, [2]));
        var weighted = Run.Batched(new SoftmaxCrossEntropy(new LabelSettings(smoothing, [1, 1, 0.25f, 1])), 1, Logits, (Shape.Scalar, [2]));
        Assert.Equal(plain.Output[0] / 4, weighted.Output[0]);
        Assert.Equal(plain.Gradients[0].Select(slope => slope / 4), weighted.Gradients[0]);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LabelSettings(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LabelSettings(float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LabelSettings(0, [1, -1]));
        Assert.Equal("softmax-cross-entropy: 3 class weights for scores [B, 4]: one for each of the 4 classes is wanted",
            Run.Refusal(new SoftmaxCrossEntropy(new LabelSettings(0, [1, 1, 1])), new Shape(Shape.Batch, 4), new Shape(Shape.Batch)));
    }
}
