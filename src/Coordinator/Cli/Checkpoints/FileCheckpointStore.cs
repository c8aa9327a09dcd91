using System.Collections.Immutable;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Running;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;
using Distributed.Worker;

namespace Distributed.Coordinator.Cli.Checkpoints;

/// <summary>Keeps the snapshots of one run in a <see cref="CheckpointFolder"/>.</summary>
/// <param name="jobText">The resolved job; what is evaluated or resumed later is rebuilt from it.</param>
internal sealed class FileCheckpointStore(CheckpointFolder folder, string jobText, LoadedJob job, Notes notes) : ICheckpointStore
{
    public string Save(RunSnapshot snapshot)
    {
        try
        {
            var saved = folder.Save(ToCheckpoint(snapshot, jobText, job));
            foreach (var warning in saved.Warnings) notes.Add(warning.Reason, NoteKind.Warning);
            return saved.Path;
        }
        catch (CheckpointException problem)
        {
            throw new IOException(problem.Message, problem);
        }
    }

    public void SaveBest(RunSnapshot snapshot)
    {
        try
        {
            folder.SaveBest(ToCheckpoint(snapshot, jobText, job));
        }
        catch (CheckpointException problem)
        {
            throw new IOException(problem.Message, problem);
        }
    }

    public void CheckTerm() => folder.CheckTerm();

    internal static Checkpoint ToCheckpoint(RunSnapshot snapshot, string jobText, LoadedJob job)
    {
        var setup = job.Setup;
        var perEpoch = setup.Layout.BatchesPerEpoch;
        var (epoch, batch) = ((int)(snapshot.Step / perEpoch), (int)(snapshot.Step % perEpoch));
        return new Checkpoint
        {
            Parameters = setup.Model.Parameters,
            Weights = snapshot.Weights,
            State = snapshot.State,
            Progress = new CheckpointProgress(snapshot.Step, epoch, batch, snapshot.EpochSum, [.. snapshot.Epochs], snapshot.TrainSeconds,
                0, 0)
            { SkippedSteps = snapshot.SkippedSteps, RateChanges = snapshot.RateChanges },
            JobText = jobText,
            JobFingerprint = Convert.ToHexStringLower(job.JobFingerprint),
            DataFingerprint = Convert.ToHexStringLower(job.DataFingerprint),
        };
    }

    /// <param name="checkpoint">Fitted to the model of <paramref name="setup"/>.</param>
    internal static RunSnapshot ToSnapshot(Checkpoint checkpoint, TrainingSetup setup)
    {
        var progress = checkpoint.Progress;
        var (epoch, batch) = (progress.Step / setup.Layout.BatchesPerEpoch, (int)(progress.Step % setup.Layout.BatchesPerEpoch));
        return new RunSnapshot(progress.Step, checkpoint.Weights, checkpoint.State, progress.EpochLoss, progress.Epochs, progress.TrainSeconds,
            epoch * setup.Train.Count + setup.Layout.FirstSample(batch))
        { SkippedSteps = progress.SkippedSteps, RateChanges = progress.RateChanges, Path = checkpoint.Path };
    }
}
