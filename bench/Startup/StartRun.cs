using System.Diagnostics;

namespace Distributed.Startup;

/// <summary>One start of the program, until its first step is committed; then it is ended.</summary>
internal static class StartRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <returns>Per <see cref="Milestone"/>: when it was reached, and the processor time of all processes until then.</returns>
    /// <exception cref="InvalidOperationException">The run ended before its first step.</exception>
    public static Start Run(string program, IReadOnlyList<string> arguments, int workers)
    {
        var info = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) info.ArgumentList.Add(argument);
        var missing = Milestone.All.Select(one => one.IsOfWorkers ? workers : 1).ToArray();
        var reached = new Reached[missing.Length];
        var last = "";
        using var done = new ManualResetEventSlim();
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(info)!;
        process.OutputDataReceived += (_, line) => On(line.Data);
        process.ErrorDataReceived += (_, line) => On(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            if (!done.Wait(Patience) || missing[^1] > 0) throw new InvalidOperationException($"{program} did not come to its first step: {last}");
            return new Start(reached, ProcessTree.Usage(process.Id).PeakBytes);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        void On(string? line)
        {
            var time = watch.Elapsed;
            lock (missing)
            {
                if (line is null)
                {
                    done.Set();
                    return;
                }
                last = line;
                for (var i = 0; i < missing.Length; i++)
                    if (missing[i] > 0 && line.Contains(Milestone.All[i].Line, StringComparison.Ordinal) && --missing[i] == 0)
                        reached[i] = new Reached(time.TotalSeconds, ProcessTree.Usage(process.Id).Seconds);
                if (missing[^1] == 0) done.Set();
            }
        }
    }
}

/// <param name="PeakBytes">Peak resident memory at the first step, summed over all processes.</param>
internal sealed record Start(IReadOnlyList<Reached> Milestones, long PeakBytes);

/// <summary>Seconds since the program was started, and of processor time that all its processes have used by then.</summary>
internal readonly record struct Reached(double Seconds, double ProcessorSeconds);
