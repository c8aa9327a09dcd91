using System.Globalization;
using Distributed.Actors;
using Distributed.Engine.Kernels;
using Distributed.Protocol;
using Distributed.Worker;
using Range = Distributed.Protocol.Range;

namespace Distributed.Exchange;

/// <summary>A worker that computes nothing: it answers every assignment with a gradient of zeros, chunk by chunk.</summary>
/// <remarks>It lends, checks and takes chunks as <see cref="WorkerActor"/> does: all is measured but forward and backward.</remarks>
internal sealed class ExchangeWorker(
    ActorRef coordinator, int elements, IVectorMemory memory, WorkerDestination destination, Action<string> ended) : Actor
{
    /// <summary>What it says that a shard took: the same of all, so that the schedule deals evenly.</summary>
    public const ulong ShardNs = 1_000_000;

    private readonly Queue<Assign> _assigned = new();
    private GradientPool? _gradients;
    private Replica? _replica;
    private ulong _session;

    public override bool HasShortTurns => true;

    public override void Started()
    {
        Context.Watch(coordinator);
        var name = $"exchange/{Environment.ProcessId}";
        Context.Tell(coordinator, new Join { Protocol = ProtocolVersion.Current, Name = name, Threads = 1 });
    }

    public override void Receive(object message)
    {
        switch (message)
        {
            case Welcome welcome: OnWelcome(welcome); break;
            case TensorChunk { Header.Kind: ChunkKind.Weights } weights: OnWeights(weights); break;
            case Assign assign:
                _assigned.Enqueue(assign);
                StartWaiting();
                break;
            case WorkFaulted fault: ended($"{fault.Name} failed: {fault.Exception}"); break;
            case Finish: ended(""); break;
            case Terminated lost: ended($"the coordinator is gone: {lost.Reason}"); break;
            case Refused refused: ended(refused.Reason); break;
            default: Context.Tell(coordinator, message); break; // what its own work posts
        }
    }

    /// <summary>Name of the work for a run of so many shards: a simulation tells by it how long it takes.</summary>
    public static string WorkOf(int shards) => shards.ToString(CultureInfo.InvariantCulture);

    private void OnWelcome(Welcome welcome)
    {
        _session = welcome.Session;
        _gradients = new GradientPool(elements, memory);
        _replica = new Replica(elements, (int)welcome.ChunkElements, destination.Scratch);
        destination.Target = _replica;
        Context.Tell(coordinator, new Ready
        {
            Worker = welcome.Worker,
            JobFingerprint = welcome.JobFingerprint,
            DataFingerprint = welcome.DataFingerprint,
            Session = _session,
        });
    }

    private void OnWeights(TensorChunk chunk)
    {
        if (_replica is null) return;
        var before = _replica.Version;
        if (_replica.Accept(chunk) is { } reason) ended($"a chunk was not used: {reason}");
        if (_replica.Version == before) return;
        Context.Tell(coordinator, new WeightsHeld { Version = (ulong)_replica.Version, Session = _session });
        StartWaiting();
    }

    private void StartWaiting()
    {
        while (_assigned.TryPeek(out var assign) && (long)assign.Step <= _replica!.Version)
        {
            _assigned.Dequeue();
            for (var i = 0; i < assign.RunCount; i++)
            {
                var (first, count) = assign.Run(i);
                var range = new Range { First = first, Count = count };
                var (replica, gradients, session) = (_replica, _gradients!, _session);
                Context.Run(WorkOf((int)count), post => Send(replica, gradients.Rent(replica.Chunks + 1), assign, range, session, post));
            }
        }
    }

    private static void Send(
        Replica replica, GradientPool.Lease lease, Assign assign, Range range, ulong session, Action<object> post)
    {
        var isFinite = true;
        for (var index = replica.Chunks - 1; index >= 0; index--)
        {
            var (offset, count) = replica.Slice(index);
            var chunk = lease.Vector.Slice(offset, count);
            isFinite &= Finite.All(chunk.Span);
            var (first, shards) = ((int)range.First, (int)range.Count);
            var header = new ChunkHeader(ChunkKind.Partial, (long)assign.Step, index, first, shards, count) { Session = session };
            post(new TensorChunk(header, chunk, lease));
        }
        if (!isFinite) throw new InvalidOperationException("a gradient of zeros is not finite");
        post(new PartialDone
        {
            Step = assign.Step,
            Range = range,
            Samples = range.Count,
            Session = session,
            ComputeNs = ShardNs * range.Count,
        });
        lease.Release();
    }
}
