using Distributed.Actors;
using Distributed.Protocol;

namespace Distributed.ClusterThroughput;

/// <summary>Sends chunks from one piece of memory, some ahead of what the sink has counted.</summary>
internal sealed class Source(int elements, long count) : Actor
{
    private const int Ahead = 64;

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly float[] _memory = new float[elements];
    private long _sent;

    public ActorRef? Target { get; set; }

    public Task Done => _done.Task;

    public override void Started() => Send(0);

    public override void Receive(object message)
    {
        if (message is not WeightsHeld held) return;
        if ((long)held.Version == count)
        {
            _done.TrySetResult();
            Context.Stop(Context.Self);
        }
        else
        {
            Send((long)held.Version);
        }
    }

    private void Send(long taken)
    {
        if (_sent == 0) Context.Tell(Target!, new Evaluate { Version = (ulong)count });
        for (; _sent < count && _sent - taken < Ahead; _sent++)
            Context.Tell(Target!, new TensorChunk(new ChunkHeader(ChunkKind.Weights, _sent, 0, 0, 0, elements), _memory));
    }
}

/// <summary>Counts the chunks of a source, and tells it from time to time and at the end.</summary>
internal sealed class Sink : Actor
{
    private const int Each = 32;

    private ulong _wanted;
    private ulong _taken;

    public override void Receive(object message)
    {
        switch (message)
        {
            case Evaluate begin:
                (_wanted, _taken) = (begin.Version, 0);
                break;
            case TensorChunk chunk:
                chunk.Release();
                if (++_taken % Each == 0 || _taken == _wanted) Context.Tell(Context.Sender!, new WeightsHeld { Version = _taken });
                break;
        }
    }
}
