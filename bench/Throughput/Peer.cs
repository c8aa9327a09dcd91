using System.Diagnostics;
using System.Text.Json;

namespace Distributed.Throughput;

/// <summary>A command that measures the same on another trainer: <c>COMMAND MODEL BATCH 1|2|ddp</c>, which prints a line of JSON with <c>samples_s</c>.</summary>
internal static class Peer
{
    /// <exception cref="InvalidOperationException">It failed or printed no such line.</exception>
    public static double Measure(string command, BenchJob job, Setting setting)
    {
        var start = new ProcessStartInfo(command) { ArgumentList = { job.Model, $"{job.Batch}", setting.Peer }, RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command} cannot be started");
        var lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        var json = lines.LastOrDefault(line => line.StartsWith('{'))
            ?? throw new InvalidOperationException($"{command} ended with exit code {process.ExitCode} and printed no result");
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("samples_s").GetDouble();
    }
}
