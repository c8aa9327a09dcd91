using System.Globalization;

namespace Distributed.Coordinator.Runs;

/// <summary>From where to where an axis goes, and the round numbers along it: 1, 2 or 5 times a power of ten. The page's axes (<c>page.js</c>) follow the same rules.</summary>
internal sealed record Axis(double Low, double High, IReadOnlyList<double> Ticks)
{
    /// <summary>Parts that a range is divided into at most.</summary>
    private const int Parts = 5;

    /// <summary>An axis of more is told by powers of ten alone, every so many-th of them.</summary>
    private const int MostDecades = 2;

    private static readonly int[] Factors = [1, 2, 5];

    /// <summary>Whether equal distances are equal ratios.</summary>
    public bool IsLogarithmic { get; private init; }

    /// <summary>Of epochs and steps: no further than they go, and told by whole numbers.</summary>
    public static Axis OfWhole(double low, double high)
    {
        if (low == high) (low, high) = (low - 0.5, high + 0.5);
        var step = Math.Max(1, Step(low, high));
        return new Axis(low, high, Multiples(step, Math.Ceiling(low / step), Math.Floor(high / step)));
    }

    /// <summary>From a round number to a round number.</summary>
    public static Axis Of(double low, double high)
    {
        if (low == high) (low, high) = low == 0 ? (-1, 1) : (low - Math.Abs(low) / 2, high + Math.Abs(high) / 2);
        var step = Step(low, high);
        var ticks = Multiples(step, Math.Floor(low / step), Math.Ceiling(high / step));
        return new Axis(ticks[0], ticks[^1], ticks);
    }

    /// <summary>The same of shares, which are never more than 1.</summary>
    public static Axis OfShares(double low, double high) => low == high ? Of(Math.Max(0, low - 0.1), Math.Min(1, high + 0.1)) : Of(low, high);

    /// <summary>The same of numbers above zero, at equal distances for equal ratios.</summary>
    public static Axis Logarithmic(double low, double high)
    {
        var (first, last) = ((int)Math.Floor(Math.Log10(low)), (int)Math.Floor(Math.Log10(high)) + 1);
        double[] round = [.. Enumerable.Range(first, last - first + 1).SelectMany(power => Factors.Select(factor => factor * Math.Pow(10, power)))];
        var begin = round.Last(mark => mark <= low);
        var end = round.First(mark => mark >= high && mark > begin);
        var every = (int)Math.Ceiling(Math.Log10(end / begin) / Parts);
        var ticks = Math.Log10(end / begin) > MostDecades
            ? Enumerable.Range(first, last - first + 1).Where(power => power % every == 0).Select(power => Math.Pow(10, power))
            : round;
        return new Axis(begin, end, [.. ticks.Where(mark => mark >= begin && mark <= end)]) { IsLogarithmic = true };
    }

    /// <summary>Where a number lies: 0 is the lower end, 1 the upper one.</summary>
    public double At(double value) => IsLogarithmic ? Math.Log(value / Low) / Math.Log(High / Low) : (value - Low) / (High - Low);

    public static string Text(double value) => value.ToString(Math.Abs(value) is > 0 and < 1e-3 ? "0.####e+0" : "#,0.######", CultureInfo.InvariantCulture);

    /// <summary>The least round number that needs no more parts than <see cref="Parts"/>.</summary>
    private static double Step(double low, double high)
    {
        var least = (high - low) / Parts;
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return power * (Factors.Cast<int?>().FirstOrDefault(factor => factor * power >= least) ?? 10);
    }

    private static double[] Multiples(double step, double first, double last) => [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
}
