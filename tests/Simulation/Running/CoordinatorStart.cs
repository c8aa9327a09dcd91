using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Coordinator.Running;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Training;

namespace Distributed.Simulations.Running;

/// <summary>How a coordinator begins: it claims its term, reads where to go on, and is given what it needs. A test puts a wrong way in the
/// place of a right one, so that a checker has something to find; nobody else does.</summary>
internal sealed class CoordinatorStart
{
    /// <summary>Claims the next term of the folder, for who is named.</summary>
    public Func<CheckpointFolder, string, long> Claim { get; set; } = (folder, claimant) => folder.Claim(claimant).Term;

    /// <summary>Reads where to go on; null: from the beginning.</summary>
    public Func<CheckpointFolder, TrainingSetup, RunSnapshot?> Read { get; set; } =
        (folder, setup) => folder.Latest().Checkpoint is { } latest ? ToSnapshot(latest, setup) : null;

    /// <summary>What the actor is given, after the checkers were told of the term and where it begins.</summary>
    public Func<RunOptions, RunOptions> Options { get; set; } = options => options;

    public static RunSnapshot ToSnapshot(Checkpoint checkpoint, TrainingSetup setup) =>
        FileCheckpointStore.ToSnapshot(checkpoint.Fit(setup.Model.Parameters, setup.Optimizer), setup);
}
