using System.Text.Json;
using System.Text.Json.Serialization;
using Distributed.Engine.Optimizers;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli;

/// <summary>A run in numbers, as <c>--report</c> writes it: JSON with names_like_this.</summary>
/// <param name="Fingerprint">SHA-256 of the final weights, hex.</param>
/// <param name="Steps">Committed, those before a resume included; so are epochs, samples and train_seconds.</param>
/// <param name="Epochs">Whole ones.</param>
/// <param name="TrainSeconds">Time spent on steps; evaluation and start-up left out.</param>
/// <param name="SamplesPerSecond">samples / train_seconds.</param>
/// <param name="TrainLoss">Mean of the last whole epoch; null without one, or where it is not finite.</param>
/// <param name="TestLoss">Mean after the last whole epoch; null without a test set, or where it is not finite.</param>
/// <param name="TestAccuracy">After the last whole epoch, 0..1; null without a test set or where nothing is decided.</param>
/// <param name="Workers">Asked for.</param>
/// <param name="BytesSent">By the coordinator, over the network; 0 in one process.</param>
/// <param name="PeakMemoryBytes">Peak resident memory, summed over the coordinator and the local worker processes.</param>
/// <param name="LossHistory">Per whole epoch, as the other histories; null where there is no such number.</param>
/// <param name="SkippedSteps">Numbers, from 0, of the steps that changed nothing since loss or gradient was not finite.</param>
/// <param name="Audit">What audits found; null without --audit.</param>
/// <param name="Result">"done", "stopped", "deposed" or "failed".</param>
/// <param name="Reason">"done", or a sentence.</param>
internal sealed record RunReport(string? Fingerprint, long Steps, long Epochs, long Samples, double TrainSeconds, double SamplesPerSecond,
    double? TrainLoss, double? TestLoss, double? TestAccuracy, int Workers, int VirtualShards, int Parameters, long BytesSent, long BytesReceived,
    long PeakMemoryBytes, IReadOnlyList<double?> LossHistory, IReadOnlyList<double?> TrainAccuracyHistory,
    IReadOnlyList<double?> TestLossHistory, IReadOnlyList<double?> TestAccuracyHistory, IReadOnlyList<long> SkippedSteps,
    AuditReport? Audit, string Result, string Reason)
{
    /// <summary>Learning rates that were set, those of the job too: part of the run's identity.</summary>
    public IReadOnlyList<RateChange> RateChanges { get; init; } = [];

    /// <exception cref="UserException">A report cannot be written to <paramref name="path"/>.</exception>
    public static void CheckWritable(string path, string job)
    {
        if (Path.GetFullPath(path) == Path.GetFullPath(job)) throw new UserException($"--report {path} is the job itself; the report needs another name");
        if (Directory.Exists(path)) throw new UserException($"--report {path} is a folder; a file is wanted");
        try
        {
            using (File.Create(Aside(path)))
            {
            }
            File.Delete(Aside(path));
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"--report {path} cannot be written: {wrong.Message}", wrong);
        }
    }

    /// <summary>Writes it aside, then in place of what was at <paramref name="path"/>.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string path)
    {
        File.WriteAllText(Aside(path), ToJson());
        File.Move(Aside(path), path, overwrite: true);
    }

    internal string ToJson() => JsonSerializer.Serialize(this, RunReportJson.Default.RunReport) + "\n";

    private static string Aside(string path) => $"{path}.{Environment.ProcessId}.part";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(RunReport))]
internal sealed partial class RunReportJson : JsonSerializerContext;
