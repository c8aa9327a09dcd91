using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

/// <summary><see cref="MulticlassMargin"/> and <see cref="BinaryMargin"/>: the margin loss and, with Δ = 0, the perceptron's.</summary>
public class MarginTests
{
    /// <summary>Scores 13, −7, 11 of CS231n's notes, the first class right: the third offends most.</summary>
    [Theory]
    [InlineData(0, 0, 0, 0, 0)]
    [InlineData(2, 0, 0, 0, 0)]
    [InlineData(10, 8, -1, 0, 1)]
    [InlineData(25, 23, -1, 0, 1)]
    public void Only_the_most_offending_class_costs(float margin, double loss, double first, double second, double third)
    {
        var (losses, gradients) = Run.Batched(new MulticlassMargin(margin), 1, (new Shape(3), [13.0, -7, 11]), (Shape.Scalar, [0]));
        Assert.Equal([loss], losses);
        Assert.Equal([first, second, third], gradients[0]);
    }

    [Fact]
    public void The_first_of_equal_offenders_is_taken_and_never_the_right_class()
    {
        var (losses, gradients) = Run.Batched(new MulticlassMargin(), 2, (new Shape(4), [5.0, 2, 5, 1, 0, 9, 0, 0]), (Shape.Scalar, [1, 1]));
        Assert.Equal([4, 0], losses);
        Assert.Equal([1, -1, 0, 0, 0, 0, 0, 0], gradients[0]);
    }

    [Theory]
    [InlineData(0, 1, 3, 0, 0)]
    [InlineData(0, 1, -3, 3, -1)]
    [InlineData(0, 0, 3, 3, 1)]
    [InlineData(0, 0, 0, 0, 0)]
    [InlineData(1, 1, 1, 0, 0)]
    [InlineData(1, 1, 0.5, 0.5, -1)]
    [InlineData(1, 0, 0.5, 1.5, 1)]
    public void One_score_is_right_by_its_sign(float margin, int label, double score, double loss, double gradient)
    {
        var (losses, gradients) = Run.Batched(new BinaryMargin(margin), 1, (new Shape(1), [score]), (Shape.Scalar, [label]));
        Assert.Equal([loss], losses);
        Assert.Equal([gradient], gradients[0]);
    }

    [Fact]
    public void NaN_is_not_swallowed()
    {
        foreach (var place in new[] { 0, 1, 2 })
        {
            float[] scores = [1, 2, 3];
            scores[place] = float.NaN;
            Assert.True(float.IsNaN(Run.Batched(new MulticlassMargin(), 1, (new Shape(3), scores), (Shape.Scalar, [0f])).Output[0]));
        }
        Assert.True(float.IsNaN(Run.Batched(new BinaryMargin(), 1, (new Shape(1), [float.NaN]), (Shape.Scalar, [0f])).Output[0]));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Equal("binary-margin: scores have shape [B, 2], one score a sample, [B, 1], is wanted",
            Run.Refusal(new BinaryMargin(), new Shape(Shape.Batch, 2), new Shape(Shape.Batch)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MulticlassMargin(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BinaryMargin(float.NaN));
    }
}
