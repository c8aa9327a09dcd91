using System.Globalization;

namespace Distributed.Coordinator.Cli.Downloads;

/// <summary>How far a download is: a bar that is drawn over itself on a terminal, elsewhere a line at each quarter.</summary>
/// <param name="isTerminal">Whether <paramref name="writer"/> goes back to the line's beginning when it is told to.</param>
internal sealed class DownloadProgress(TextWriter writer, bool isTerminal, TimeProvider time)
{
    private const int BarWidth = 30;

    /// <summary>Between two drawings of the bar.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private string _name = "";
    private long _total;
    private long _begun;
    private long _done;
    private long _startedAt;
    private long _drawnAt;
    private long _quarters;
    private bool _isDrawn;

    /// <summary>A line by itself.</summary>
    public void Say(string line) => writer.WriteLine(line);

    /// <param name="done">Bytes that are there already.</param>
    public void Begin(string name, Uri source, long total, long done)
    {
        (_name, _total, _begun, _done) = (name, total, done, done);
        (_startedAt, _drawnAt, _quarters, _isDrawn) = (time.GetTimestamp(), 0, 4 * done / total, false);
        Say(done == 0 ? $"{source} ({Size(total)})" : $"{source} ({Size(total)}), of which {Size(done)} are here");
    }

    /// <param name="done">Bytes that are there now.</param>
    public void Advance(long done)
    {
        _done = done;
        if (isTerminal)
        {
            if (_isDrawn && done < _total && time.GetElapsedTime(_drawnAt) < Interval) return;
            (_drawnAt, _isDrawn) = (time.GetTimestamp(), true);
            writer.Write($"\r{Bar()}");
        }
        else if (4 * done / _total is var quarters && quarters > _quarters)
        {
            _quarters = quarters;
            Say($"{_name}: {25 * quarters} %");
        }
    }

    /// <summary>Leaves the bar as it is.</summary>
    public void End()
    {
        if (_isDrawn) writer.WriteLine();
        _isDrawn = false;
    }

    public static string Size(long bytes) => bytes < 1_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");

    private string Bar()
    {
        var filled = (int)(BarWidth * _done / _total);
        var seconds = time.GetElapsedTime(_startedAt).TotalSeconds;
        var rate = seconds > 0 ? $"{Size((long)((_done - _begun) / seconds))}/s" : "";
        return $"{new string('━', filled)}{new string('─', BarWidth - filled)} {100 * _done / _total,3} % {rate,-14}";
    }
}
