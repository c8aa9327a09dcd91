using Distributed.Engine.Data;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Training;

public class DecisionsTests
{
    [Theory]
    [InlineData(1, 0.1f, 0.9f, 0.3f)]
    [InlineData(0, 0.9f, 0.9f, 0.3f)]
    [InlineData(2, -3f, -2f, -1f)]
    public void The_largest_score_decides_and_the_first_of_equals(int wanted, params float[] scores) =>
        Assert.Equal(wanted, Decisions.Class(scores, scores.Length));

    [Theory]
    [InlineData(0.5f, 1)]
    [InlineData(0f, 0)]
    [InlineData(-0.5f, 0)]
    public void One_score_decides_by_its_sign(float score, int wanted)
    {
        Assert.Equal(wanted, Decisions.Class([score], 1));
        Assert.Equal(1, Decisions.Correct(new ClassTarget(2), [score], [wanted]));
        Assert.Equal(0, Decisions.Correct(new ClassTarget(2), [score], [1 - wanted]));
    }

    [Fact]
    public void Every_pixel_is_a_decision()
    {
        var target = new ClassMapTarget(2, 2, 3);
        // Scores of class 0 for six pixels, then those of class 1.
        float[] scores = [1, 1, 1, 0, 0, 0, 0, 2, 0, 1, 1, 0];
        Assert.Equal(6, Decisions.PerSample(target));
        Assert.Equal(6, Decisions.Correct(target, scores, [0, 1, 0, 1, 1, 0]));
        Assert.Equal(4, Decisions.Correct(target, scores, [1, 1, 0, 1, 0, 0]));
        Assert.Equal(0.75, Decisions.Accuracy(target, new LossSum(0, 9, 2)));
    }

    [Fact]
    public void Numbers_are_not_decided()
    {
        var target = new ValueTarget(new Shape(3));
        Assert.Equal(0, Decisions.Correct(target, [1, 2, 3], [1, 2, 3]));
        Assert.Null(Decisions.Accuracy(target, new LossSum(1, 0, 5)));
        Assert.Null(Decisions.Accuracy(new ClassTarget(2), default));
    }
}
