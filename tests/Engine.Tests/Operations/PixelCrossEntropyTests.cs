using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class PixelCrossEntropyTests
{
    /// <summary>The mean over the pixels of what softmax cross-entropy says of each pixel alone.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(0.25f, false)]
    [InlineData(0.25f, true)]
    public void It_is_the_mean_over_the_pixels(float smoothing, bool weighted)
    {
        const int classes = 3, pixels = 4 * 5;
        var settings = new LabelSettings(smoothing, weighted ? [0.5f, 2, 1] : []);
        var random = new Random(1);
        var logits = new double[2 * classes * pixels];
        for (var i = 0; i < logits.Length; i++) logits[i] = random.NextDouble() * 4;
        double[] labels = [.. Enumerable.Range(0, 2 * pixels).Select(_ => (double)random.Next(classes))];
        var (losses, gradients) = Run.Batched(new PixelCrossEntropy(settings), 2,
            (new Shape(classes, 4, 5), logits), (new Shape(4, 5), labels));
        for (var b = 0; b < 2; b++)
        {
            double[] rows = [.. Enumerable.Range(0, pixels * classes).Select(i => logits[Place(b, i % classes, i / classes)])];
            var (each, slopes) = Run.Batched(new SoftmaxCrossEntropy(settings), pixels,
                (new Shape(classes), rows), (Shape.Scalar, labels[(b * pixels)..((b + 1) * pixels)]));
            Assert.Equal(each.Average(), losses[b], 1e-14);
            for (var i = 0; i < rows.Length; i++)
                Assert.Equal(slopes[0][i] / pixels, gradients[0][Place(b, i % classes, i / classes)], 1e-15);
        }

        static int Place(int b, int c, int pixel) => (((b * classes) + c) * pixels) + pixel;
    }

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        var (losses, gradients) = Run.Batched(new PixelCrossEntropy(), 1,
            (new Shape(2, 1, 2), [1000f, -1e38f, 1002, 1e38f]), (new Shape(1, 2), [1f, 1]));
        Assert.Equal(0.126928f / 2, losses[0], 1e-6f);
        Assert.All(gradients[0], gradient => Assert.True(float.IsFinite(gradient)));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var scores = new Shape(Shape.Batch, 3, 4, 5);
        Assert.Equal("per-pixel-cross-entropy: scores have shape [B, 3], [B, C, h, w] or [C, h, w] with C ≥ 2 is wanted",
            Run.Refusal(new PixelCrossEntropy(), new Shape(Shape.Batch, 3), new Shape(Shape.Batch)));
        Assert.Equal("per-pixel-cross-entropy: targets have shape [B, 5, 4], scores [B, 3, 4, 5] want targets [B, 4, 5]",
            Run.Refusal(new PixelCrossEntropy(), scores, new Shape(Shape.Batch, 5, 4)));
        Assert.Equal("per-pixel-cross-entropy: 2 class weights for scores [B, 3, 4, 5]: one for each of the 3 classes is wanted",
            Run.Refusal(new PixelCrossEntropy(new LabelSettings(0, [1, 2])), scores, new Shape(Shape.Batch, 4, 5)));
        Assert.Equal("per-pixel-cross-entropy: label 2 of pixel 1 of sample 0 of the pass is not one of the 2 classes 0..1",
            Assert.Throws<InvalidOperationException>(() => Run.Batched(new PixelCrossEntropy(), 1,
                (new Shape(2, 1, 2), new float[4]), (new Shape(1, 2), [1f, 2]))).Message);
    }
}
