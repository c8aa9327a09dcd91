using System.Collections.Concurrent;
using Distributed.Actors;
using Distributed.Protocol;

namespace Distributed.Testing;

/// <summary>An actor that a test speaks through: it sends what it is told to and keeps what comes.</summary>
internal sealed class Probe : Actor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly BlockingCollection<object> _received = [];
    private readonly ConcurrentQueue<object> _all = [];

    /// <summary>Starts a probe.</summary>
    public static (ActorRef Ref, Probe Probe) Spawn(IActorHost host, string name)
    {
        var probe = new Probe();
        return (host.Spawn(name, () => probe, Supervision.Never), probe);
    }

    public override void Receive(object message)
    {
        if (message is Send send) Context.Tell(send.To, send.Message);
        else
        {
            var kept = message is TensorChunk chunk ? CopyAndRelease(chunk) : message;
            _all.Enqueue(kept);
            _received.Add(kept);
        }
    }

    /// <summary>The next message of type <typeparamref name="T"/>; others before it are dropped.</summary>
    public T Expect<T>()
    {
        while (_received.TryTake(out var message, Patience))
            if (message is T wanted) return wanted;
        throw new TimeoutException($"no {typeof(T).Name} came within {Patience}");
    }

    /// <summary>How many messages of type <typeparamref name="T"/> have come so far, taken or not.</summary>
    public int Count<T>() => _all.Count(message => message is T);

    /// <summary>A released chunk's memory is written again by whoever lent it, so what a test reads later must be its own.</summary>
    private static TensorChunk CopyAndRelease(TensorChunk chunk)
    {
        var copy = new TensorChunk(chunk.Header, chunk.Data.ToArray());
        chunk.Release();
        return copy;
    }

    public sealed record Send(ActorRef To, object Message);
}
