using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Distributed.EndToEnd.Tests.Driving;

/// <summary>A running executable of ours with all it has printed. Disposing it kills it, if it is still there.</summary>
internal sealed class Tool : IDisposable
{
    /// <summary>The muxer of the runtime that runs the tests: it lies three folders above the runtime's own.</summary>
    private static readonly string Dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..",
        OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    private readonly Process _process;
    private readonly Folder _runs = new();
    /// <summary>Where runs are kept; a test that gives none has a folder that is gone with the program.</summary>
    public const string RunsVariable = "DISTRIBUTED_RUNS";

    private readonly string _commandLine;
    private readonly Lock _lock = new();
    private readonly List<Line> _lines = [];
    private readonly Task _readers;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closed;

    private Tool(ProcessStartInfo start)
    {
        start.Environment.TryAdd(RunsVariable, _runs.Path);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        _commandLine = string.Join(' ', start.ArgumentList);
        if (!OperatingSystem.IsWindows()) Signals.HearInterrupts();
        _process = Process.Start(start)!;
        _readers = Task.WhenAll(ReadAsync(_process.StandardOutput, false), ReadAsync(_process.StandardError, true));
    }

    public int Id => _process.Id;

    public string Output => Text(line => !line.IsError);

    public string Errors => Text(line => line.IsError);

    private string All => $"{_commandLine}\n{Text(_ => true)}";

    /// <summary>The user's tool, with plain output and no terminal.</summary>
    public static Tool Coordinator(params string[] arguments) => Start("Distributed.Coordinator", [], arguments);

    public static Tool Coordinator(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Start("Distributed.Coordinator", environment, arguments);

    public static Tool Worker(params string[] arguments) => Start("Distributed.Worker", [], arguments);

    public static Tool Worker(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Start("Distributed.Worker", environment, arguments);

    /// <summary>A program of examples/csharp.</summary>
    public static Tool Program(string assembly, params string[] arguments) => Start(assembly, [], arguments);

    /// <summary>Waits for a line, on either stream, that matches; one that is there already counts.</summary>
    public async Task<Match> LineAsync(string pattern)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant);
        using var limit = new CancellationTokenSource(Patience.Limit);
        for (var next = 0; ;)
        {
            Task changed;
            lock (_lock)
            {
                for (; next < _lines.Count; next++)
                    if (regex.Match(_lines[next].Text) is { Success: true } match) return match;
                if (_closed) throw new InvalidOperationException($"ended without a line that matches \"{pattern}\":\n{All}");
                changed = _changed.Task;
            }
            try
            {
                await changed.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"no line matches \"{pattern}\" within {Patience.Limit.TotalSeconds:0} s:\n{All}");
            }
        }
    }

    /// <summary>Waits for its end and its last line.</summary>
    /// <param name="code">What it must end with.</param>
    public async Task<Tool> ExitAsync(int code)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            await _readers.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"did not end within {Patience.Limit.TotalSeconds:0} s:\n{All}");
        }
        Assert.True(code == _process.ExitCode, $"exit code {_process.ExitCode} instead of {code}:\n{All}");
        return this;
    }

    /// <summary>The fingerprint in the summary of a run that has ended.</summary>
    public string Fingerprint => Regex.Match(Output, @"^fingerprint\s+([0-9a-f]{64})$", RegexOptions.Multiline) is { Success: true } match
        ? match.Groups[1].Value
        : throw new InvalidOperationException($"no fingerprint in:\n{All}");

    /// <summary>All matches in what has been printed so far.</summary>
    public MatchCollection Matches(string pattern) => Regex.Matches(Text(_ => true), pattern, RegexOptions.Multiline);

    /// <summary>SIGKILL: it can do nothing about it.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGINT, as Ctrl-C sends it.</summary>
    public void Interrupt() => Signals.Interrupt(Id);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit(Patience.Limit);
        _process.Dispose();
        _runs.Dispose();
    }

    private static Tool Start(string assembly, IEnumerable<KeyValuePair<string, string>> environment, string[] arguments)
    {
        var folder = AppContext.BaseDirectory;
        var start = new ProcessStartInfo(Dotnet)
        {
            WorkingDirectory = Path.GetTempPath(),
            ArgumentList = { "exec", Path.Combine(folder, assembly + ".dll") },
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new Tool(start);
    }

    private async Task ReadAsync(StreamReader stream, bool isError)
    {
        while (await stream.ReadLineAsync() is { } text) Add(new Line(text, isError), closed: false);
        Add(null, closed: !isError);
    }

    private void Add(Line? line, bool closed)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            if (line is { } some) _lines.Add(some);
            _closed |= closed;
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        changed.SetResult();
    }

    private string Text(Func<Line, bool> which)
    {
        lock (_lock) return string.Join('\n', _lines.Where(which).Select(line => line.Text));
    }

    private readonly record struct Line(string Text, bool IsError);
}
