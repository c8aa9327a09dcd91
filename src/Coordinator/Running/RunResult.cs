using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Running;

/// <summary>How a run ended, and with what.</summary>
/// <param name="Reason">"done", or a sentence.</param>
/// <param name="Fingerprint">SHA-256 of the weights, hex.</param>
/// <param name="Steps">Steps committed, those before a resume included.</param>
/// <param name="Samples">Samples trained on in those steps.</param>
/// <param name="TrainSeconds">Time spent on steps; evaluation and start-up left out.</param>
/// <param name="Epochs">Of each whole epoch.</param>
/// <param name="LastCheckpoint">Path of the last checkpoint written; null without one.</param>
public sealed record RunResult(RunEnd End, string Reason, string Fingerprint, long Steps, long Samples, double TrainSeconds,
    IReadOnlyList<EpochResult> Epochs, string? LastCheckpoint, float[] Weights)
{
    /// <summary>Steps that changed nothing, since loss or gradient was not finite.</summary>
    public SkippedSteps SkippedSteps { get; init; } = SkippedSteps.None;

    /// <summary>Whether such a step ended the run, or such weights.</summary>
    public NonFiniteEnd NonFinite { get; init; }

    /// <summary>Where the run goes back: the first step that may hold what a faulty worker computed.</summary>
    public long GoBackTo { get; init; }

    /// <summary>Names of workers that compute wrongly.</summary>
    public IReadOnlyCollection<string> Excluded { get; init; } = [];

    /// <summary>Learning rates that were set, those of the job too.</summary>
    public RateChanges RateChanges { get; init; } = RateChanges.None;

    /// <summary>Mean loss of each whole epoch.</summary>
    public IReadOnlyList<double> LossHistory => [.. Epochs.Select(epoch => epoch.MeanLoss)];

    /// <summary>Test accuracy after each whole epoch, 0..1; empty without a test set.</summary>
    public IReadOnlyList<double> AccuracyHistory => [.. Epochs.Select(epoch => epoch.TestAccuracy).OfType<double>()];
}

/// <summary>Whether numbers that are not finite ended a run.</summary>
public enum NonFiniteEnd
{
    None,

    /// <summary>Loss or gradient of a step: a run that skips such steps would go on.</summary>
    Step,

    /// <summary>The weights themselves.</summary>
    Weights,
}
