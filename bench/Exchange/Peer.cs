using System.Diagnostics;
using System.Text.Json;

namespace Distributed.Exchange;

/// <summary>A command that measures another's all-reduce: <c>COMMAND WORKERS FLOATS</c> prints a line of JSON with <c>ms</c>.</summary>
internal static class Peer
{
    /// <exception cref="InvalidOperationException">It failed or printed no such line.</exception>
    public static double Measure(string command, int workers, int floats)
    {
        var start = new ProcessStartInfo(command) { ArgumentList = { $"{workers}", $"{floats}" }, RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command} cannot be started");
        var lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        var json = lines.LastOrDefault(line => line.StartsWith('{'))
            ?? throw new InvalidOperationException($"{command} ended with exit code {process.ExitCode} and printed no result");
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("ms").GetDouble();
    }
}
