using Distributed.Actors;
using Distributed.Protocol;
using Distributed.Worker.Telemetry;

namespace Distributed.Worker;

/// <summary>One partial sum to be computed beside the mailbox; when it has been, the work is used again for another.</summary>
internal sealed class PartialWork(PartialSender sender, FreeList<PartialWork> free) : IWork
{
    public AssignedRun Assigned { get; set; }

    public string Name => $"step {Assigned.Step} shards {Assigned.Range}";

    public bool HoldsChunks => true;

    public void Run(Action<object> post)
    {
        using (WorkerInstruments.Computing(Assigned.Step, Assigned.Range.First, Assigned.Range.Count))
            sender.Run(Assigned, post);
        free.Add(this);
    }
}
