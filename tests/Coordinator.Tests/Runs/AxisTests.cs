using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Tests.Runs;

public class AxisTests
{
    [Theory]
    [InlineData(0.0434, 0.626, "0 0.2 0.4 0.6 0.8")]
    [InlineData(0.0105, 0.891, "0 0.2 0.4 0.6 0.8 1")]
    [InlineData(-3, 11, "-5 0 5 10 15")]
    [InlineData(0.00012, 0.00021, "1.2e-4 1.4e-4 1.6e-4 1.8e-4 2e-4 2.2e-4")]
    [InlineData(2.5, 2.5, "1 1.5 2 2.5 3 3.5 4")]
    [InlineData(0, 0, "-1 -0.5 0 0.5 1")]
    [InlineData(0, 64_000, "0 20,000 40,000 60,000 80,000")]
    public void It_goes_from_a_round_number_to_a_round_number(double low, double high, string ticks) => Check(Axis.Of(low, high), low, high, ticks);

    [Theory]
    [InlineData(0.487, 0.998, "0.4 0.6 0.8 1")]
    [InlineData(0.9911, 0.9998, "0.99 0.992 0.994 0.996 0.998 1")]
    [InlineData(1, 1, "0.9 0.92 0.94 0.96 0.98 1")]
    [InlineData(0, 0, "0 0.02 0.04 0.06 0.08 0.1")]
    public void Shares_end_at_1(double low, double high, string ticks) => Check(Axis.OfShares(low, high), low, high, ticks);

    [Theory]
    [InlineData(1, 2, "1 2")]
    [InlineData(1, 4, "1 2 3 4")]
    [InlineData(7, 7, "7")]
    [InlineData(12, 5618, "2,000 4,000")]
    [InlineData(1, 204, "50 100 150 200")]
    public void Epochs_and_steps_are_whole(double low, double high, string ticks)
    {
        var axis = Axis.OfWhole(low, high);
        Assert.Equal(ticks, string.Join(' ', axis.Ticks.Select(Axis.Text)));
        if (low < high) Assert.Equal((low, high), (axis.Low, axis.High));
    }

    [Theory]
    [InlineData(0.015, 0.8, "0.01 0.02 0.05 0.1 0.2 0.5 1")]
    [InlineData(0.31, 0.34, "0.2 0.5")]
    [InlineData(0.5, 0.5, "0.5 1")]
    [InlineData(0.0004, 2.3, "0.001 0.01 0.1 1")]
    [InlineData(1e-11, 20, "1e-9 1e-6 0.001 1")]
    public void Equal_ratios_are_equal_distances(double low, double high, string ticks)
    {
        var axis = Axis.Logarithmic(low, high);
        Check(axis, low, high, ticks);
        Assert.Equal(0.5, axis.At(Math.Sqrt(axis.Low * axis.High)), 12);
    }

    private static void Check(Axis axis, double low, double high, string ticks)
    {
        Assert.Equal(ticks, string.Join(' ', axis.Ticks.Select(Axis.Text)));
        Assert.True(axis.At(low) > -1e-9 && axis.At(high) < 1 + 1e-9);
        Assert.Equal((0, 1), (axis.At(axis.Low), axis.At(axis.High)));
    }
}
