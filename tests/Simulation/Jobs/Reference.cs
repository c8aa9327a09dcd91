using Distributed.Actors;
using Distributed.Coordinator;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Training;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Jobs;

/// <summary>A job and its answer where nothing fails.</summary>
/// <remarks>The answer is the plain loop's (<see cref="LocalTrainer"/>). What lies between, step by step, is taken from a run of the actors without
/// any fault, which must end with the plain loop's answer.</remarks>
internal sealed class Reference : IRunObserver, ICheckpointStore
{
    private readonly Dictionary<long, float[]> _weights = [];
    private readonly Dictionary<long, double> _losses = [];
    private RunResult? _result;

    public Reference(JobShape shape)
    {
        Setup = shape.Setup();
        Plain = LocalTrainer.Run(Setup);
        Steps = (long)Plain.Epochs.Count * Setup.Layout.BatchesPerEpoch;
        _weights[0] = Setup.Model.Parameters.InitialWeights(Setup.Seed);

        var simulation = new Simulation(seed: 0);
        var options = new RunOptions(Setup, "", SmallLoader.Fingerprint, SmallLoader.Fingerprint, FirstWorkers: 1)
        {
            Checkpoints = this,
            CheckpointEvery = 1,
        };
        var coordinator = simulation.AddNode("coordinator", node =>
            node.Spawn("coordinator", () => new CoordinatorActor(options, this), Supervision.Never));
        simulation.AddNode("worker", node => SimulatedWorker.Boot(node, [coordinator], new SmallLoader(Setup), _ => { }));
        simulation.WorkDuration = (_, name) => name.StartsWith("step", StringComparison.Ordinal) ? TimeSpan.FromMilliseconds(1) : TimeSpan.Zero;
        if (!simulation.RunUntil(() => _result is not null, TimeSpan.FromHours(1)) || _result!.End != RunEnd.Done
            || _result.Fingerprint != Plain.Fingerprint || _losses.Count != Steps || _weights.Count != Steps + 1)
            throw new InvalidOperationException($"{shape}: the actors without any fault do not give the plain loop's answer: "
                + $"{_result?.End.ToString() ?? "no end"}, {_losses.Count} losses and {_weights.Count} snapshots of {Steps} steps");
    }

    public TrainingSetup Setup { get; }

    public TrainingResult Plain { get; }

    /// <summary>Of the whole run, which may end early.</summary>
    public long Steps { get; }

    /// <summary>The weights before this step.</summary>
    public ReadOnlySpan<float> Weights(long step) => _weights.TryGetValue(step, out var weights) ? weights : default;

    /// <summary>The mean loss of this step.</summary>
    public double Loss(long step) => _losses.TryGetValue(step, out var loss) ? loss : double.NaN;

    void IRunObserver.On(RunEvent happened)
    {
        if (happened is RunEvent.StepCommitted committed) _losses[committed.Step - 1] = committed.Loss;
        if (happened is RunEvent.Ended ended) _result = ended.Result;
    }

    string ICheckpointStore.Save(RunSnapshot snapshot)
    {
        _weights[snapshot.Step] = snapshot.Weights;
        return $"step {snapshot.Step}";
    }
}
