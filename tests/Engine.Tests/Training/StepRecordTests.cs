using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Training;

public class StepRecordTests
{
    [Fact]
    public void Steps_one_after_another_are_kept_as_a_run()
    {
        var steps = new[] { 0L, 7, 8, 9, 11, 4_000_000_000 }.Aggregate(SkippedSteps.None, (all, step) => all.Add(step));

        Assert.Equal("0 7-9 11 4000000000", steps.ToString());
        Assert.Equal(6, steps.Count);
        Assert.Equal([0, 7, 8, 9, 11, 4_000_000_000], steps.Steps);
        Assert.Equal(steps.ToString(), SkippedSteps.Parse(steps.ToString(), 4_000_000_001)!.ToString());
    }

    [Fact]
    public void None_are_none()
    {
        Assert.Equal(("", 0), (SkippedSteps.None.ToString(), SkippedSteps.None.Count));
        Assert.Empty(SkippedSteps.Parse("", 0)!.Steps);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("4-5")]
    [InlineData("2 1")]
    [InlineData("1 2")]
    [InlineData("1-2 3")]
    [InlineData("3-2")]
    [InlineData("2-2")]
    [InlineData("-1")]
    [InlineData("1-")]
    [InlineData("-")]
    [InlineData("x")]
    [InlineData("1,2")]
    [InlineData("99999999999999999999")]
    public void What_is_no_record_of_five_steps_is_refused(string text) => Assert.Null(SkippedSteps.Parse(text, 5));

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Steps_come_in_order(long step) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SkippedSteps.None.Add(3).Add(4).Add(step));
}
