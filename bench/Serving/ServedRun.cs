using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Distributed.Serving;

/// <summary>One run from its start to its end, looked at through its page as often as wanted.</summary>
internal static partial class ServedRun
{
    /// <exception cref="InvalidOperationException">The run failed, or the page did not answer.</exception>
    public static async Task<Cost> RunAsync(string program, IReadOnlyList<string> arguments, string report, int looks, CancellationToken stop)
    {
        var before = Children();
        var address = new TaskCompletionSource<Uri?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var info = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        foreach (var argument in arguments) info.ArgumentList.Add(argument);
        using var process = Process.Start(info)!;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) address.TrySetResult(null);
            else if (PageAddress().Match(line.Data) is { Success: true } found) address.TrySetResult(new Uri(found.Groups[1].Value));
        };
        process.BeginOutputReadLine();
        var seen = 0;
        try
        {
            if (looks > 0 && await address.Task.ConfigureAwait(false) is { } page) seen = await LookAsync(new Uri(page, "api/run?steps=0&epochs=0&events=0&resumes=0"), looks, process, stop).ConfigureAwait(false);
            await process.WaitForExitAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}");
        if (looks > 0 && seen == 0) throw new InvalidOperationException("the page gave no answer");
        var text = await File.ReadAllTextAsync(report, stop).ConfigureAwait(false);
        using var told = JsonDocument.Parse(text);
        return new Cost(told.RootElement.GetProperty("train_seconds").GetDouble(), Children() - before, seen);
    }

    /// <summary>Asks as the page does at its first look, which is its dearest: for all steps.</summary>
    private static async Task<int> LookAsync(Uri page, int looks, Process process, CancellationToken stop)
    {
        using var client = new HttpClient();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / looks));
        for (var seen = 0; ; seen++)
        {
            await timer.WaitForNextTickAsync(stop).ConfigureAwait(false);
            try
            {
                await client.GetByteArrayAsync(page, stop).ConfigureAwait(false);
            }
            catch (HttpRequestException) when (process.WaitForExit(5000)) // the run is over
            {
                return seen;
            }
            catch (HttpRequestException gone)
            {
                throw new InvalidOperationException($"the page does not answer: {gone.Message}", gone);
            }
        }
    }

    /// <returns>Processor seconds of all processes that this one has started and that have ended.</returns>
    private static double Children()
    {
        var usage = new long[18]; // struct rusage: user and system time first, each in seconds and microseconds
        if (ResourceUsage(-1, usage) != 0) throw new InvalidOperationException($"getrusage: error {Marshal.GetLastPInvokeError()}");
        return usage[0] + usage[2] + 1e-6 * (usage[1] + usage[3]);
    }

    [LibraryImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    private static partial int ResourceUsage(int who, [Out] long[] usage);

    [GeneratedRegex(@"^dashboard: (http\S+)")]
    private static partial Regex PageAddress();
}

/// <param name="TrainSeconds">As the run's report has it.</param>
/// <param name="ProcessorSeconds">Of the whole process.</param>
/// <param name="Looks">Answers that the page got.</param>
internal sealed record Cost(double TrainSeconds, double ProcessorSeconds, int Looks);
