using System.Globalization;
using Distributed.Coordinator.Cli.Commands;
using Distributed.Coordinator.Runs;
using Distributed.Coordinator.Sweeps;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Tests.Sweeps;

public class SweepTests
{
    [Fact]
    public void A_grid_is_every_combination_in_order()
    {
        var sweep = Sweep.Of(["rate=0.1,0.01", "model[0].linear=8,16", "betas=[0.9, 0.99],[0.8, 0.9]"], null, 1);
        Assert.Equal(["rate", "model[0].linear", "betas"], sweep.Keys);
        Assert.Equal(8, sweep.Combinations.Count);
        Assert.Equal(["rate=0.1", "model[0].linear=8", "betas=[0.9, 0.99]"], sweep.Combinations[0]);
        Assert.Equal(["rate=0.01", "model[0].linear=16", "betas=[0.8, 0.9]"], sweep.Combinations[7]);
        Assert.Equal(8, sweep.Combinations.Select(values => string.Join(' ', values)).Distinct().Count());
    }

    [Fact]
    public void Draws_are_of_the_ranges_and_the_same_for_the_same_seed()
    {
        string[] grid = ["rate=0.001..10", "shift=-1..3", "batch=10,20,30"];
        var drawn = Sweep.Of(grid, 300, 5);
        Assert.Equal(drawn.Combinations, Sweep.Of(grid, 300, 5).Combinations);
        Assert.NotEqual(drawn.Combinations, Sweep.Of(grid, 300, 6).Combinations);
        double[] rates = [.. drawn.Combinations.Select(values => Number(values[0]))], shifts = [.. drawn.Combinations.Select(values => Number(values[1]))];
        Assert.All(rates, rate => Assert.InRange(rate, 0.001, 10));
        Assert.All(shifts, shift => Assert.InRange(shift, -1, 3));
        Assert.InRange(rates.Count(rate => rate < 0.1), 120, 180); // half of the range on a logarithmic scale
        Assert.InRange(shifts.Count(shift => shift < 1), 120, 180);
        Assert.Equal(["10", "20", "30"], drawn.Combinations.Select(values => values[2].Split('=')[1]).Distinct().Order());
    }

    [Theory]
    [InlineData("what is to be tried?")]
    [InlineData("wanted KEY=VALUES", "rate")]
    [InlineData("wanted KEY=VALUES", "=1,2")]
    [InlineData("wanted KEY=VALUES", "rate=")]
    [InlineData("a value missing", "rate=1,,2")]
    [InlineData("a range is for --random N", "rate=1..2")]
    [InlineData("rate stands there twice", "rate=1", "rate=2")]
    [InlineData("wanted 10000 combinations at most", "a=1,2,3,4,5,6,7,8,9,10", "b=1,2,3,4,5,6,7,8,9,10", "c=1,2,3,4,5,6,7,8,9,10", "d=1,2,3,4,5,6,7,8,9,10", "e=1,2")]
    public void What_is_no_grid_is_told(string sentence, params string[] grid) =>
        Assert.Contains(sentence, Assert.Throws<UserException>(() => Sweep.Of(grid, null, 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_range_that_is_upside_down_is_told() => Assert.Throws<UserException>(() => Sweep.Of(["rate=2..1"], 3, 1));

    [Fact]
    public void The_best_is_first_and_what_failed_last()
    {
        SweepRun[] runs =
        [
            new("failed", [], "failed", "why", new EpochLine(1, 1, 0, 1, 0, 1)), new("poor", [], "done", null, new EpochLine(1, 1, 0.1, 1, 0.1, 0.5)),
            new("best", [], "done", null, new EpochLine(1, 1, 0.3, 1, 0.3, 0.9)), new("second", [], "done", null, new EpochLine(1, 1, 0.1, 1, 0.4, 0.9)), new("none", [], "done", null, null),
        ];
        Assert.Equal(["best", "second", "poor", "none", "failed"], SweepRun.Rank(runs).Select(run => run.Name));
    }

    [Fact]
    public void The_end_of_a_run_is_told_with_its_numbers()
    {
        Assert.Equal("s-001: done, train loss 0.5000, test loss 0.2500, test accuracy 90.00 %", SweepCommand.Ended(new SweepRun("s-001", [], "done", null, new EpochLine(1, 1, 0.5, 1, 0.25, 0.9))));
        Assert.Equal("s-002: stopped, train loss 0.5000", SweepCommand.Ended(new SweepRun("s-002", [], "stopped", null, new EpochLine(1, 1, 0.5, null, null, null))));
        Assert.Equal("s-003: failed: why", SweepCommand.Ended(new SweepRun("s-003", [], "failed", "why", null)));
    }

    [Theory]
    [InlineData("done", "best: a with rate=1")]
    [InlineData("stopped", "best of those that are done (1 of 2): a with rate=1")]
    public void The_best_is_said_to_be_of_those_that_are_done(string state, string line)
    {
        SweepRun[] runs = [new("a", ["rate=1"], "done", null, new EpochLine(1, 1, 1, 1, 1, 0.5)), new("b", ["rate=2"], state, null, new EpochLine(1, 1, 1, 1, 1, 0.4))];
        Assert.Equal(line, SweepCommand.Lines(Sweep.Of(["rate=1,2"], null, 1), runs).Last().Trim());
    }

    private static double Number(string value) => double.Parse(value.Split('=')[1], CultureInfo.InvariantCulture);
}
