namespace Distributed.Coordinator.Scheduling;

/// <summary>How long shares of a round have taken of late, and when one is late.</summary>
/// <remarks>
/// Shares are cut so that all workers should be through at the same time, so their times are comparable. A share is late when it has
/// taken longer than the median of the last <see cref="Window"/> and <see cref="Spreads"/> times their spread (the median distance
/// from the median, which a few stragglers do not move).
/// </remarks>
public sealed class Pace
{
    /// <summary>Shares that are remembered.</summary>
    public const int Window = 64;

    /// <summary>Spreads beyond the median at which a share is late.</summary>
    public const double Spreads = 4;

    /// <summary>The spread is taken to be at least this part of the median.</summary>
    public const double LeastSpread = 0.1;

    /// <summary>With fewer shares than this the spread is not known yet.</summary>
    public const int Enough = 8;

    /// <summary>Until then a share is late after so many medians.</summary>
    public const double WhileFew = 3;

    /// <summary>Nothing is late before this, whatever the median: a copy would cost more than it saves.</summary>
    public static readonly TimeSpan LeastDeadline = TimeSpan.FromMilliseconds(5);

    private readonly double[] _seconds = new double[Window];
    private readonly double[] _sorted = new double[Window];
    private int _count;
    private int _next;
    private TimeSpan? _deadline;

    /// <summary>From the beginning of a share; null: none has been finished yet.</summary>
    public TimeSpan? Deadline => _count == 0 ? null : _deadline ??= Compute();

    /// <summary>A share of a whole round was finished in this time.</summary>
    public void Add(TimeSpan took)
    {
        _seconds[_next] = took.TotalSeconds;
        _next = (_next + 1) % Window;
        _count = Math.Min(_count + 1, Window);
        _deadline = null;
    }

    private TimeSpan Compute()
    {
        var times = _sorted.AsSpan(0, _count);
        _seconds.AsSpan(0, _count).CopyTo(times);
        var median = Median(times);
        if (_count < Enough) return Max(median * WhileFew);
        foreach (ref var time in times) time = Math.Abs(time - median);
        return Max(median + Spreads * Math.Max(Median(times), LeastSpread * median));
    }

    private static double Median(Span<double> times)
    {
        times.Sort();
        return (times[(times.Length - 1) / 2] + times[times.Length / 2]) / 2;
    }

    private static TimeSpan Max(double seconds)
    {
        var deadline = TimeSpan.FromSeconds(seconds);
        return deadline > LeastDeadline ? deadline : LeastDeadline;
    }
}
