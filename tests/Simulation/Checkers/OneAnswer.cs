using System.Runtime.InteropServices;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Training;

namespace Distributed.Simulations.Checkers;

/// <summary>The run ends as the one in which nothing fails: the same bits of weights, the same losses and accuracies of every epoch.</summary>
/// <remarks>On the way too: the loss of each step, and the weights of each snapshot, so that a difference is found where it begins. Where somebody has
/// set the learning rate, it ends as a job that says so.</remarks>
internal sealed class OneAnswer : Checker
{
    public override string Property => "one answer";

    public override void Happened(long term, RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.StepCommitted committed when committed.Step - 1 <= Run.Rates.Untouched && Run.Reference.Loss(committed.Step - 1) != committed.Loss:
                Violate($"the loss of step {committed.Step - 1} is {committed.Loss:R}, {Run.Reference.Loss(committed.Step - 1):R} where nothing fails");
                break;
            case RunEvent.Ended { Result: var result }:
                Compare(result);
                break;
        }
    }

    public override void Snapshot(long term, RunSnapshot snapshot)
    {
        if (snapshot.Step > Run.Rates.Untouched) return;
        var wanted = MemoryMarshal.AsBytes(Run.Reference.Weights(snapshot.Step));
        if (!wanted.SequenceEqual(MemoryMarshal.AsBytes(snapshot.Weights.AsSpan())))
            Violate($"the weights after {snapshot.Step} steps differ from those where nothing fails");
    }

    private void Compare(RunResult result)
    {
        var setup = Run.Reference.Setup;
        var isSet = result.RateChanges.Count > 0;
        var plain = isSet ? LocalTrainer.Run(setup with { RateChanges = result.RateChanges }) : Run.Reference.Plain;
        var steps = isSet ? (long)plain.Epochs.Count * setup.Layout.BatchesPerEpoch : Run.Reference.Steps;
        if (result.End != RunEnd.Done) Violate($"the run ends as {result.End}: {result.Reason}");
        else if (result.Fingerprint != plain.Fingerprint)
            Violate($"the fingerprint is {result.Fingerprint[..12]}, {plain.Fingerprint[..12]} where nothing fails");
        else if (!result.Epochs.SequenceEqual(plain.Epochs)) Violate("the fingerprint is right, but losses or accuracies of an epoch differ");
        else if (result.Steps != steps) Violate($"the run tells of {result.Steps} steps, {steps} are wanted");
    }
}
