using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Engine.Training;
using Distributed.Protocol;

namespace Distributed.Simulations.Checkers;

/// <summary>No gradient of an old incarnation, of a worker or of the coordinator, is ever counted.</summary>
/// <remarks>What is counted belongs to a session of the term that counts it; that session's worker is a member then; and to that session the
/// shards were assigned, in this step, by a message that reached the worker.</remarks>
internal sealed class NoOldGradient : Checker
{
    private readonly HashSet<(long Term, int Worker)> _members = [];
    private readonly Dictionary<(ulong Session, long Step), List<ShardRange>> _assigned = [];

    public override string Property => "no gradient of an old incarnation";

    public override void Happened(long term, RunEvent happened)
    {
        if (happened is RunEvent.WorkerJoined joined) _members.Add((term, joined.Worker));
        if (happened is RunEvent.WorkerLost lost) _members.Remove((term, lost.Worker));
    }

    public override void Arrived(in SimulatedFrame frame)
    {
        if (frame.Message is not Assign assign) return;
        var key = (assign.Session, (long)assign.Step);
        if (!_assigned.TryGetValue(key, out var ranges)) _assigned[key] = ranges = [];
        for (var i = 0; i < assign.RunCount; i++)
        {
            var (first, count) = assign.Run(i);
            ranges.Add(new ShardRange((int)first, (int)count));
        }
    }

    public override void Counted(long term, in ChunkHeader header)
    {
        var range = new ShardRange(header.FirstShard, header.ShardCount);
        var (ofTerm, worker) = ((long)(header.Session >> 32), (int)(uint)header.Session);
        if (ofTerm != term) Violate($"term {term} counts shards {range} of step {header.Step}, which were computed for term {ofTerm}");
        else if (!_members.Contains((term, worker)))
            Violate($"term {term} counts shards {range} of step {header.Step} of worker {worker}, which is no member");
        else if (!_assigned.TryGetValue((header.Session, header.Step), out var given) || !given.Contains(range))
            Violate($"term {term} counts shards {range} of step {header.Step} of worker {worker}, which was not given them");
    }
}
