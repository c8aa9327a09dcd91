using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Protocol;
using Distributed.Simulations.Faults;

namespace Distributed.Simulations.Tests.Faults;

/// <summary>For each kind of fault what it brings about, as a <see cref="Journal"/> shows it.</summary>
internal static class Effects
{
    /// <summary>Longer than chance, shorter than most cuts and standstills.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(200);

    public static bool Of(FaultKind kind, Journal journal) => kind switch
    {
        FaultKind.WorkerCrash => IsLostAndBack(journal),
        FaultKind.CoordinatorCrash => journal.Terms.Count > 1 && IsReachedInAnotherLife(journal),
        FaultKind.ConnectionLost => HasLifeWithTwoConnections(journal),
        FaultKind.CutInMessage => journal.Parts.Any(number => !journal.ArrivedAt.ContainsKey(number)),
        FaultKind.Fragment => journal.Parts.Any(journal.ArrivedAt.ContainsKey),
        FaultKind.Delay => Late(journal, journal.MostLatency).Any(),
        FaultKind.Interleaving => journal.HasSwapped,
        FaultKind.Duplicate => ArrivesMoreOftenThanSent(journal),
        FaultKind.Partition => IsSilentBothWays(journal),
        FaultKind.OneWayPartition => IsSilentOneWay(journal),
        FaultKind.SlowWorker => TakesTenTimesAsLong(journal),
        FaultKind.HungWorker => journal.Events.Any(one => one is { Event: RunEvent.WorkerStalled, IsConnected: true }),
        FaultKind.FrozenNode => StandsStill(journal),
        FaultKind.ClockJump => ClockGoesAhead(journal),
        FaultKind.CorruptFrame => IsLostFor(journal, "what the protocol does not allow"),
        FaultKind.DiskFull => SaveIsRefusedAndTheRunGoesOn(journal),
        FaultKind.TornWrite => journal.Terms.Any(term => term is { Term: > 1, HasTornFile: true }),
        FaultKind.WorkerJoins => NewNameJoinsInMidRun(journal),
        FaultKind.WorkerLeaves => StopsAndDoesNotComeBack(journal),
        FaultKind.SeveralDie => MostThatDieAtOnce(journal) >= 2,
        FaultKind.LastWorkerDies => NobodyIsLeftAndSomeoneJoins(journal),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no effect is known"),
    };

    /// <summary>The coordinator loses a worker, and one of that name joins later, in another life.</summary>
    private static bool IsLostAndBack(Journal journal) => All<RunEvent.WorkerLost>(journal).Any(lost =>
        All<RunEvent.WorkerJoined>(journal).Any(joined => joined.Event.Name == lost.Event.Name && joined.At > lost.At)
        && journal.Arrivals.Any(arrival => arrival.Frame is { Message: Ready, FromLife: > 1 } frame && frame.From.Name == lost.Event.Name));

    /// <summary>One life of a worker is admitted over two connections.</summary>
    private static bool HasLifeWithTwoConnections(Journal journal) => journal.Arrivals.Where(arrival => arrival.Frame.Message is Ready)
        .GroupBy(arrival => (arrival.Frame.From, arrival.Frame.FromLife))
        .Any(life => life.Select(arrival => arrival.Frame.Connection).Distinct().Count() > 1);

    private static bool ArrivesMoreOftenThanSent(Journal journal)
    {
        var sent = journal.Sent.Values.GroupBy(one => Text(one.Frame)).ToDictionary(same => same.Key, same => same.Count());
        return journal.Arrivals.GroupBy(one => Text(one.Frame)).Any(same => sent.TryGetValue(same.Key, out var times) && same.Count() > times);

        static string Text(in SimulatedFrame frame) =>
            $"{frame.Connection} {frame.From.Name} {frame.Sender} {frame.Target} {frame.Message} {(frame.Message as TensorChunk)?.Header}";
    }

    /// <summary>Each of two nodes has sent something, in time to arrive, while nothing arrived at either.</summary>
    private static bool IsSilentBothWays(Journal journal)
    {
        foreach (var worker in journal.Run.Cluster.Workers)
        {
            TimeSpan[] arrivals = [.. journal.Arrivals.Where(arrival => IsOf(arrival.Frame, worker)).Select(arrival => arrival.At)];
            for (var i = 1; i < arrivals.Length; i++)
            {
                var (begin, end) = (arrivals[i - 1], arrivals[i] - journal.MostLatency);
                if (end - begin < Silence) continue;
                var sent = journal.Sent.Values.Where(one => IsOf(one.Frame, worker) && one.At > begin && one.At < end).ToArray();
                if (sent.Any(one => one.Frame.From == worker) && sent.Any(one => one.Frame.To == worker)) return true;
            }
        }
        return false;
    }

    /// <summary>A message is held up, and in that time later ones arrive the other way, as fast as ever.</summary>
    private static bool IsSilentOneWay(Journal journal) => Late(journal, Silence).Any(held => journal.Arrivals.Any(other =>
        other.Frame.From == held.Frame.To && other.Frame.To == held.Frame.From && other.At < held.Until
        && journal.Sent.TryGetValue(other.Frame.Number, out var sent) && sent.At > held.Sent && other.At - sent.At <= journal.MostLatency));

    /// <summary>Work takes half of the usual time to one and a half; ten times that is at least five times the usual.</summary>
    private static bool TakesTenTimesAsLong(Journal journal) => journal.Arrivals.Any(arrival =>
        arrival.Frame.Message is PartialDone done && done.ComputeNs / 1e9 > 4.9 * journal.Run.Scenario.Work.TotalSeconds);

    /// <summary>A message to a node that stands still waits, and nothing comes from that node until it goes on.</summary>
    private static bool StandsStill(Journal journal) => Late(journal, Silence).Any(held =>
        journal.Looks.Any(look => look.At > held.Sent && look.At < held.Until
            && look.Nodes.Any(node => node is { IsAlive: true, IsRunning: false } && node.Name == held.Frame.To.Name))
        && !journal.Sent.Values.Any(one => one.Frame.From == held.Frame.To && one.At > held.Sent && one.At < held.Until));

    /// <summary>A node's clock gains on the simulation's within a life.</summary>
    private static bool ClockGoesAhead(Journal journal) => journal.Looks.SelectMany(look => look.Nodes).Where(node => node.IsAlive)
        .GroupBy(node => (node.Name, node.Life))
        .Any(life => life.Max(node => node.ClockAhead) - life.Min(node => node.ClockAhead) >= TimeSpan.FromMilliseconds(50));

    private static bool IsLostFor(Journal journal, string reason) =>
        All<RunEvent.WorkerLost>(journal).Any(lost => lost.Event.Reason.Contains(reason, StringComparison.Ordinal));

    private static bool SaveIsRefusedAndTheRunGoesOn(Journal journal) => All<RunEvent.CheckpointFailed>(journal).Any(failed =>
        failed.Event.Reason.Contains("No space left", StringComparison.Ordinal)
        && All<RunEvent.StepCommitted>(journal).Any(committed => committed.At > failed.At));

    private static bool NewNameJoinsInMidRun(Journal journal) => All<RunEvent.WorkerJoined>(journal).Any(joined =>
        journal.Run.Cluster.Workers.Skip(journal.Run.Scenario.Workers).Any(worker => worker.Name == joined.Event.Name)
        && All<RunEvent.StepCommitted>(journal).Any(committed => committed.At < joined.At));

    /// <summary>The coordinator loses a worker whose node lives on, and none of that name joins any more.</summary>
    private static bool StopsAndDoesNotComeBack(Journal journal) => All<RunEvent.WorkerLost>(journal).Any(lost =>
        journal.Looks[^1].Nodes.Any(node => node is { IsAlive: true, Life: 1 } && node.Name == lost.Event.Name)
        && !All<RunEvent.WorkerJoined>(journal).Any(joined => joined.Event.Name == lost.Event.Name && joined.At > lost.At));

    /// <summary>Nodes that are alive at one look and gone at the next.</summary>
    private static int MostThatDieAtOnce(Journal journal) => journal.Looks.Zip(journal.Looks.Skip(1), (before, after) =>
        before.Nodes.Count(node => node.IsAlive && after.Nodes.Any(later => later.Name == node.Name && !later.IsAlive))).Max();

    private static bool NobodyIsLeftAndSomeoneJoins(Journal journal) =>
        All<RunEvent.WorkerLost>(journal).Any(lost => lost.Event.Alive == 0 && All<RunEvent.WorkerJoined>(journal).Any(joined => joined.At > lost.At))
        && journal.Looks.Any(look => look.Nodes.All(node => node.Name == journal.Run.Cluster.Coordinator.Name || !node.IsAlive));

    private static IEnumerable<(TimeSpan At, T Event)> All<T>(Journal journal) where T : RunEvent =>
        journal.Events.Where(one => one.Event is T).Select(one => (one.At, (T)one.Event));

    /// <summary>Messages that arrived later than this after they were sent, and when.</summary>
    private static IEnumerable<(SimulatedFrame Frame, TimeSpan Sent, TimeSpan Until)> Late(Journal journal, TimeSpan than) =>
        from one in journal.Sent
        where journal.ArrivedAt.TryGetValue(one.Key, out var at) && at - one.Value.At > than
        select (one.Value.Frame, one.Value.At, journal.ArrivedAt[one.Key]);

    private static bool IsReachedInAnotherLife(Journal journal) =>
        journal.Arrivals.Any(arrival => arrival.Frame.To == journal.Run.Cluster.Coordinator && arrival.Frame.ToLife > 1);

    private static bool IsOf(in SimulatedFrame frame, SimulatorHost node) => frame.From == node || frame.To == node;
}
