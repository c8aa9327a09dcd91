using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Checkers;

/// <summary>Watches one property of one run, and says so in a sentence when it does not hold.</summary>
internal abstract class Checker
{
    /// <summary>What it watches over: a few words, as in the table.</summary>
    public abstract string Property { get; }

    /// <summary>Told of each violation.</summary>
    public Action<Checker, string> Violated { get; set; } = (_, _) => { };

    /// <summary>Set before anything happens.</summary>
    public SimulatedRun Run { get; set; } = null!;

    /// <summary>A coordinator begins to lead.</summary>
    /// <param name="resume">Where it goes on; null: from the beginning.</param>
    public virtual void Begins(long term, RunSnapshot? resume)
    {
    }

    public virtual void Happened(long term, RunEvent happened)
    {
    }

    /// <summary>A message arrives at a node.</summary>
    public virtual void Arrived(in SimulatedFrame frame)
    {
    }

    /// <summary>A chunk of a partial sum is counted.</summary>
    public virtual void Counted(long term, in ChunkHeader header)
    {
    }

    /// <summary>The losses of a partial sum are counted.</summary>
    public virtual void LossCounted(long term, long step, ShardRange range, in LossSum sum)
    {
    }

    /// <summary>A coordinator has taken a snapshot and is about to write it.</summary>
    public virtual void Snapshot(long term, RunSnapshot snapshot)
    {
    }

    /// <summary>A checkpoint has been given its name, whole.</summary>
    public virtual void Written(long term, string path)
    {
    }

    /// <summary>The run has ended, or is given up.</summary>
    public virtual void Ended()
    {
    }

    protected void Violate(string sentence) => Violated(this, sentence);
}
