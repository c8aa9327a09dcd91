using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator.Runs;

/// <summary>What the processes of a run log: in its folder a file for each, and what matters on the terminal.</summary>
/// <param name="folder">Null as long as there is none, or where none is kept.</param>
/// <param name="least">What is written in the files at least.</param>
/// <param name="show">A line for the terminal.</param>
/// <param name="isVerbose">Whether all is for the terminal.</param>
internal sealed class RunLogs(Func<RunFolder?> folder, LogLevel least, Action<string> show, bool isVerbose, TimeProvider time) : IDisposable
{
    private const string OwnName = "coordinator";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, StreamWriter> _files = [];
    private bool _isRefused;

    /// <summary>What processes of the run are to log at least.</summary>
    public LogLevel Least => isVerbose && least > LogLevel.Debug ? LogLevel.Debug : least;

    /// <summary>A line that this process logs. The run tells its warnings by itself, in sentences for the user.</summary>
    public void Write(string line)
    {
        Keep(OwnName, line);
        if (isVerbose || LevelOf(line) >= LogLevel.Error || (LevelOf(line) == LogLevel.Warning && !line.StartsWith("warning: coordinator:", StringComparison.Ordinal))) show(line);
    }

    /// <summary>A line that a worker's process has written to its standard error.</summary>
    /// <param name="number">From 1, of those that take each other's place.</param>
    /// <returns>Whether it is more than a note for the file.</returns>
    public bool Write(int number, int process, string line)
    {
        Keep($"worker-{number}", $"{process}: {line}");
        var isComplaint = LevelOf(line) >= LogLevel.Warning;
        if (isVerbose || isComplaint) show($"worker process {process}: {line}");
        return isComplaint;
    }

    public void Dispose()
    {
        lock (_lock)
            foreach (var file in _files.Values) file.Dispose();
    }

    /// <summary>What is no line of a log, as the trace of an exception, counts as an error's.</summary>
    internal static LogLevel LevelOf(string line) =>
        Enum.TryParse<LogLevel>(line.AsSpan(0, Math.Max(0, line.IndexOf(':', StringComparison.Ordinal))), ignoreCase: true, out var level) ? level : LogLevel.Error;

    private void Keep(string who, string line)
    {
        if (folder() is not { } kept) return;
        var level = LevelOf(line[(char.IsAsciiDigit(line[0]) ? line.IndexOf(' ', StringComparison.Ordinal) + 1 : 0)..]);
        if (level < least) return;
        lock (_lock)
        {
            if (_isRefused) return;
            try
            {
                if (!_files.TryGetValue(who, out var file))
                {
                    Directory.CreateDirectory(kept.Logs);
                    _files[who] = file = new StreamWriter(new FileStream(Path.Combine(kept.Logs, $"{who}.log"), FileMode.Append, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
                }
                file.WriteLine($"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {line}");
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                _isRefused = true;
                show($"warning: {kept.Logs} takes no more of the logs: {refused.Message}");
            }
        }
    }
}
