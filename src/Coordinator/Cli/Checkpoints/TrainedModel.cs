using Distributed.Engine.Checkpoints;
using Distributed.Engine.Data;
using Distributed.Engine.Training;
using Distributed.Jobs;
using Distributed.Worker.Cli;
using Checkpoint = Distributed.Engine.Checkpoints.Checkpoint;

namespace Distributed.Coordinator.Cli.Checkpoints;

/// <summary>A checkpoint with the job that it carries, prepared, and that job's data.</summary>
internal sealed record TrainedModel(Checkpoint Checkpoint, Job Job, TrainingSetup Setup, DataNames Names)
{
    public ReadOnlyMemory<float> Weights => Checkpoint.Weights;

    /// <summary>The training samples as they are stored, under the scaler that the model was trained with.</summary>
    public StoredDataSet Samples => (Setup.Train is ReconstructionDataSet itself ? itself.Source : Setup.Train) as StoredDataSet
        ?? throw new UserException($"the job in {Checkpoint.Path} has data of the kind {Setup.Train.GetType().Name}, whose samples are not stored");

    /// <param name="overrides">Of the job: where its data lies on this machine.</param>
    /// <exception cref="JobException">The job is wrong.</exception>
    /// <exception cref="DataException">The job's data is missing or wrong.</exception>
    /// <exception cref="CheckpointException">The checkpoint is of another model.</exception>
    public static TrainedModel Of(Checkpoint checkpoint, string[] overrides)
    {
        var job = JobReader.Read(checkpoint.JobText, $"the job in {checkpoint.Path}", overrides).GetOrThrow();
        var options = new PrepareOptions { BaseFolder = Environment.CurrentDirectory };
        var setup = job.Prepare(options);
        var fitted = checkpoint.Fit(setup.Model.Parameters, setup.Optimizer);
        if (Convert.ToHexStringLower(setup.DataFingerprint()) != checkpoint.DataFingerprint)
            Console.Error.WriteLine("The data is not what the checkpoint was trained with: its fingerprint differs.");
        return new TrainedModel(fitted, job, setup, job.Names(options));
    }
}
