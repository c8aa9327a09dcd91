using System.Globalization;

namespace Distributed.Coordinator.Cli.Displays;

/// <summary>What a run prints at its end.</summary>
internal static class Summary
{
    /// <summary>Skipped steps that are named; the report has all.</summary>
    private const int MaxNamed = 8;

    /// <param name="bestCheckpoint">With its epoch; null: none.</param>
    /// <param name="howToGoOn">A sentence for a run that is not done; null: none.</param>
    public static IEnumerable<string> Lines(RunReport report, string? lastCheckpoint, string? bestCheckpoint, string? howToGoOn)
    {
        yield return report.Result switch
        {
            "done" => $"done: {RunProgress.Count(report.Steps, "step")}, {RunProgress.Count((int)report.Epochs, "epoch")}, {report.Samples} samples",
            "stopped" => $"stopped at step {report.Steps}: {report.Reason}",
            "deposed" => $"deposed at step {report.Steps}: another coordinator leads the run",
            _ => $"failed at step {report.Steps}",
        };
        if (report.Result == "done" && report.Reason != "done") yield return report.Reason;
        if (report.SkippedSteps is { Count: > 0 } skipped)
            yield return $"skipped        {RunProgress.Count(skipped.Count, "step")} with numbers that are not finite: {Named(skipped)}";
        foreach (var change in report.RateChanges)
            yield return string.Create(CultureInfo.InvariantCulture, $"learning rate  {change.Rate:R} from step {change.Step} on");
        if (report.TestAccuracy is { } accuracy) yield return $"test accuracy  {RunProgress.Percent(accuracy)}";
        if (report.TestAccuracy is null && report.TestLoss is { } testLoss)
            yield return $"test loss      {testLoss.ToString("0.000000", CultureInfo.InvariantCulture)}";
        if (report.TrainLoss is { } loss) yield return $"train loss     {loss.ToString("0.000000", CultureInfo.InvariantCulture)}";
        yield return string.Create(CultureInfo.InvariantCulture,
            $"train time     {report.TrainSeconds:0.000} s, {report.SamplesPerSecond:N0} samples/s");
        if (report.BytesSent + report.BytesReceived > 0)
            yield return $"network        {Bytes(report.BytesSent)} sent, {Bytes(report.BytesReceived)} received";
        yield return $"peak memory    {Bytes(report.PeakMemoryBytes)}";
        if (lastCheckpoint is not null) yield return $"checkpoint     {lastCheckpoint}";
        if (bestCheckpoint is not null) yield return $"best           {bestCheckpoint}";
        // The weights of a run that failed are no answer, and those of a deposed one are nobody's: another coordinator has its own by now.
        if (report is { Fingerprint: { } fingerprint, Result: not "deposed" })
            yield return $"fingerprint    {fingerprint}{(report.Result == "failed" ? $" (of the weights after step {report.Steps})" : "")}";
        if (howToGoOn is not null) yield return howToGoOn;
    }

    private static string Named(IReadOnlyList<long> steps) => steps.Count <= MaxNamed
        ? string.Join(", ", steps)
        : $"{string.Join(", ", steps.Take(MaxNamed))} and {steps.Count - MaxNamed} more";

    internal static string Bytes(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} B",
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
    };
}
