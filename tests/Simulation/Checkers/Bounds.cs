using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Checkers;

/// <summary>Memory and queues stay under bounds that follow from the job: mailboxes, frames on their way, versions of the weights, chunks lent.</summary>
internal sealed class Bounds : Checker
{
    /// <summary>Control messages on their way or waiting besides chunks: assignments, joins that were asked again, answers.</summary>
    public const int ControlMessages = 256;

    private int _mostMembers;

    public override string Property => "queues and memory within bounds";

    /// <summary>A worker is sent so many versions before it must say that it holds one: the current, the next, and those it may be behind.</summary>
    private static int Versions => Schedule.MaxVersionsBehind + 2;

    /// <summary>Frames on one connection, one way: all versions, or all partial sums of the steps they belong to.</summary>
    public int FramesOnTheirWay => Run.Chunks * Versions * (1 + Run.Reference.Setup.Shards) + ControlMessages;

    /// <summary>Messages in a mailbox: at the coordinator those of every worker.</summary>
    public int MailboxMessages => Math.Min(HostLimits.MailboxHighWaterMessages, FramesOnTheirWay * SimulatedRunLimits.MaxWorkers);

    /// <summary>Versions of the weights that are alive at the coordinator: two of its own, and what is on its way to each member and to
    /// one that has just been dropped.</summary>
    public int WeightVersions => 2 + Versions * (_mostMembers + 1);

    public override void Happened(long term, RunEvent happened)
    {
        if (happened is RunEvent.WorkerJoined joined) _mostMembers = Math.Max(_mostMembers, joined.Alive);
    }

    public override void Ended()
    {
        if (Run.IsBroken) return;
        var peaks = Run.Simulation.Peaks;
        Check("frames on their way on one connection", peaks.FramesOnTheirWay, FramesOnTheirWay);
        Check("messages in a mailbox", peaks.MailboxMessages, MailboxMessages);
        Check("versions of the weights", Run.MostWeightVersions, WeightVersions);
        foreach (var (owner, lent) in Run.LentChunks()) Check($"chunks lent at {owner} after the end", lent, 0);
    }

    private void Check(string what, long got, long bound)
    {
        if (got > bound) Violate($"{got} {what}, at most {bound} are wanted");
    }
}
