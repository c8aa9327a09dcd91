using Distributed.Coordinator.Running;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Randomness;

namespace Distributed.Simulations.Running;

/// <summary>Somebody outside who sets the learning rate while the run goes on, at drawn times, whoever leads then.</summary>
internal sealed class RateSetter
{
    /// <summary>Names the stream of random numbers.</summary>
    private const uint Stream = 13;

    /// <summary>Of so many runs one is set.</summary>
    private const int Runs = 4;

    private const int MostRates = 3, StepsToWait = 40;

    private readonly SimulatedRun _run;

    public RateSetter(SimulatedRun run)
    {
        _run = run;
        var random = new RandomStream(run.Scenario.Seed, RandomPurpose.Test, Stream);
        if (random.NextInt(Runs) > 0) return;
        for (var rates = 1 + random.NextInt(MostRates); rates > 0; rates--)
        {
            var (after, rate) = (run.Scenario.Work * StepsToWait * random.NextDouble(), 0.2f * random.NextFloat());
            run.Simulation.Schedule(after, () => Set(rate));
        }
    }

    private readonly List<RateChange> _set = [];

    /// <summary>The changes that a coordinator has answered for, since a checkpoint holds them.</summary>
    public List<RateChange> Answered { get; } = [];

    /// <summary>Before this step no coordinator has ever used another rate than the job's.</summary>
    public long Untouched { get; private set; } = long.MaxValue;

    /// <summary>Asks whoever leads.</summary>
    public void Set(float rate)
    {
        if (!_run.Cluster.Coordinator.IsAlive) return;
        _run.Cluster.Coordinator.Find("coordinator")?.Tell(new SetRate(rate, answer =>
        {
            if (answer.Recorded?.Path is not null) Answered.Add(answer.Change!.Value);
        }));
    }

    /// <summary>A coordinator uses it from now on.</summary>
    public void OnSet(RateChange change)
    {
        _set.Add(change);
        Untouched = Math.Min(Untouched, change.Step);
    }

    /// <summary>Whether one took the place of another.</summary>
    public bool IsSetAfter(RateChange later, RateChange earlier) => _set.LastIndexOf(later) > _set.LastIndexOf(earlier);
}
