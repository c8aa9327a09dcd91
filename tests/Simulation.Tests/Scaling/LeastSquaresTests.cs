using Distributed.Scaling;

namespace Distributed.Simulations.Tests.Scaling;

public sealed class LeastSquaresTests
{
    private static readonly double[][] s_rows = [[1, 1, 7], [1, 2, 1], [1, 4, 9], [1, 8, 3], [1, 16, 8]];

    [Fact]
    public void Coefficients_that_are_there_are_found()
    {
        double[] wanted = [3, 0.25, 100];
        var found = LeastSquares.Fit(s_rows, [.. s_rows.Select(row => row.Zip(wanted, (x, c) => x * c).Sum())]);
        for (var k = 0; k < wanted.Length; k++) Assert.Equal(wanted[k], found[k], 1e-9 * wanted[k]);
    }

    [Fact]
    public void No_coefficient_is_below_0()
    {
        var found = LeastSquares.Fit(s_rows, [.. s_rows.Select(row => 20 + row[1] - row[2])]);
        Assert.All(found, coefficient => Assert.True(coefficient >= 0, $"{coefficient}"));
        Assert.Equal(0, found[2]);
        Assert.True(found[0] > 0 && found[1] > 0);
    }

    /// <summary>A measurement of 1000 ms has no more weight than one of 1 ms.</summary>
    [Fact]
    public void It_is_the_relative_error_that_counts()
    {
        var found = LeastSquares.Fit([[1], [1]], [1, 1000]);
        Assert.Equal((1 + 1e-3) / (1 + 1e-6), found[0], 1e-9);
    }

    [Fact]
    public void Terms_that_cannot_be_told_apart_share_no_cost()
    {
        var found = LeastSquares.Fit([[1, 2], [2, 4], [3, 6]], [2, 4, 6]);
        Assert.Equal(2, found[0], 1e-9);
        Assert.Equal(0, found[1]);
    }
}
