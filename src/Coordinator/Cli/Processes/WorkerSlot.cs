using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Distributed.Actors;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Runs;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Processes;

/// <summary>One local worker, and those that take its place when it dies.</summary>
internal sealed class WorkerSlot(int number, Func<ProcessStartInfo> program, IReadOnlyList<string> arguments, string secret, int restarts, Notes notes, RunLogs? logs, WorkerEnds ends, TimeProvider time,
    CancellationToken ending)
{
    private readonly Lock _lock = new();
    private Process? _process;
    private long _peak;
    private string? _lastComplaint;

    public long PeakMemoryBytes => Volatile.Read(ref _peak);

    /// <summary>Starts the worker at once; the task completes when it has ended for good.</summary>
    /// <exception cref="Win32Exception">The first one cannot be started.</exception>
    public Task Start()
    {
        var first = Launch();
        return KeepAliveAsync(first);
    }

    /// <summary>Notes the memory of the process that runs now, if one does.</summary>
    public void Sample()
    {
        lock (_lock)
            if (_process is { } process) Raise(PeakMemory.Of(process));
    }

    public void Kill()
    {
        lock (_lock)
        {
            if (_process is { HasExited: false } process) process.Kill();
        }
    }

    private async Task KeepAliveAsync(Process first)
    {
        var process = first;
        for (var left = restarts; ; left--)
        {
            var how = await WaitAsync(process).ConfigureAwait(false);
            if (how is null || ending.IsCancellationRequested) return;
            ends.Add(how.Value.Sentence);
            if (how.Value.Final || left == 0)
            {
                ends.GiveUp(how.Value.Sentence);
                return;
            }
            notes.Add($"{how.Value.Sentence}; a new one starts ({restarts - left + 1} of {restarts})", NoteKind.Warning);
            try
            {
                await Task.Delay(ProcessLimits.RestartDelay, time, ending).ConfigureAwait(false);
                process = Launch();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Win32Exception problem)
            {
                ends.GiveUp($"a worker process cannot be started: {problem.Message}");
                return;
            }
        }
    }

    private Process Launch()
    {
        var start = program();
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment[SharedSecret.Variable] = secret;
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        start.UseShellExecute = false;
        _lastComplaint = null;
        var process = Process.Start(start)!;
        var id = process.Id;
        process.OutputDataReceived += (_, line) => OnOutput(line.Data);
        process.ErrorDataReceived += (_, line) => OnComplaint(id, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        lock (_lock) _process = process;
        if (ending.IsCancellationRequested) Kill();
        return process;
    }

    /// <returns>Null when it ended as it should; else a sentence, and whether starting it anew is of no use.</returns>
    private async Task<(string Sentence, bool Final)?> WaitAsync(Process process)
    {
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        var (code, id) = (process.ExitCode, process.Id);
        lock (_lock) _process = null;
        process.Dispose();
        return code switch
        {
            ExitCode.Done => null,
            ExitCode.WrongInput => ($"worker process {id} cannot take part: {_lastComplaint}", true),
            > 128 and < 160 => ($"worker process {id} was ended by signal {code - 128}{Complaint}", false),
            _ => ($"worker process {id} ended with exit code {code}{Complaint}", false),
        };
    }

    private string Complaint => _lastComplaint is { } last ? $": {last.TrimEnd('.')}" : "";

    private void OnOutput(string? line)
    {
        if (line is not null && line.StartsWith(PeakMemory.Prefix, StringComparison.Ordinal)
            && long.TryParse(line.AsSpan(PeakMemory.Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
            Raise(bytes);
    }

    private void OnComplaint(int id, string? line)
    {
        if (line is null) return;
        var isComplaint = true;
        if (logs is null) notes.Add($"worker process {id}: {line}", NoteKind.Log);
        else isComplaint = logs.Write(number, id, line);
        var isTrace = line.Length == 0 || char.IsWhiteSpace(line[0]); // of an exception, which was named before
        if (isComplaint && !isTrace && !ending.IsCancellationRequested) _lastComplaint = line;
    }

    private void Raise(long bytes)
    {
        for (var old = PeakMemoryBytes; bytes > old;)
        {
            var seen = Interlocked.CompareExchange(ref _peak, bytes, old);
            if (seen == old) return;
            old = seen;
        }
    }
}
