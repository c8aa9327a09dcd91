namespace Distributed.Scaling;

/// <summary>Coefficients that are no less than 0 and make the sum of squared relative errors the least.</summary>
/// <remarks><code>
/// min over c ≥ 0 of   Σ_i ((Σ_k c_k·x_ik − y_i) / y_i)²
/// </code>A cost of which there is less than none explains nothing, so a term that would get a negative coefficient is left out. With few terms every
/// choice of them is tried (2^k solutions of normal equations), and the best whose coefficients are all positive is taken: no iteration,
/// one answer.</remarks>
internal static class LeastSquares
{
    private const int MaxTerms = 10;

    /// <summary>Pivots below this part of a column's length are taken for none: the terms cannot be told apart.</summary>
    private const double Singular = 1e-10;

    /// <param name="rows">x_i, each of as many terms.</param>
    /// <param name="measured">y_i, all above 0.</param>
    public static double[] Fit(IReadOnlyList<double[]> rows, IReadOnlyList<double> measured)
    {
        if (rows.Count == 0) throw new ArgumentException("nothing was measured");
        var terms = rows[0].Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(terms, MaxTerms);
        double[][] relative = [.. rows.Select((row, i) => row.Select(x => x / measured[i]).ToArray())];
        double[] lengths = [.. Enumerable.Range(0, terms).Select(k => Math.Sqrt(relative.Sum(row => row[k] * row[k])))];
        var (best, error) = (new double[terms], double.PositiveInfinity);
        for (var chosen = 1; chosen < 1 << terms; chosen++)
        {
            int[] columns = [.. Enumerable.Range(0, terms).Where(k => (chosen >> k & 1) == 1)];
            if (columns.Any(k => lengths[k] == 0) || Solve(relative, columns, lengths) is not { } solution) continue;
            if (solution.Any(c => c < 0)) continue;
            var now = relative.Sum(row => Square(columns.Select((k, j) => solution[j] * row[k] / lengths[k]).Sum() - 1));
            if (now >= error) continue;
            (best, error) = (new double[terms], now);
            for (var j = 0; j < columns.Length; j++) best[columns[j]] = solution[j] / lengths[columns[j]];
        }
        return best;
    }

    private static double Square(double x) => x * x;

    /// <summary>The normal equations of these columns, each scaled to length 1, by elimination. Null: they depend on each other.</summary>
    private static double[]? Solve(double[][] rows, int[] columns, double[] lengths)
    {
        var n = columns.Length;
        var a = new double[n, n + 1];
        foreach (var row in rows)
            for (var i = 0; i < n; i++)
            {
                var x = row[columns[i]] / lengths[columns[i]];
                for (var j = 0; j < n; j++) a[i, j] += x * row[columns[j]] / lengths[columns[j]];
                a[i, n] += x;
            }
        for (var k = 0; k < n; k++)
        {
            if (a[k, k] < Singular) return null; // positive definite: pivots need no search
            for (var i = k + 1; i < n; i++)
            {
                var factor = a[i, k] / a[k, k];
                for (var j = k; j <= n; j++) a[i, j] -= factor * a[k, j];
            }
        }
        var solution = new double[n];
        for (var k = n - 1; k >= 0; k--)
        {
            var sum = a[k, n];
            for (var j = k + 1; j < n; j++) sum -= a[k, j] * solution[j];
            solution[k] = sum / a[k, k];
        }
        return solution;
    }
}
