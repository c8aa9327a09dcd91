using Distributed.Protocol;

namespace Distributed.Actors.Akka.Peers;

/// <summary>Brings chunks that came over connections of their own to their conversations, and keeps those for which there is none yet.</summary>
internal sealed class EarlyChunks(AkkaHost host)
{
    private readonly Lock _gate = new(); // taken before a peer's, never under it
    private readonly List<(Placed Placed, TensorChunk Chunk, long Since)> _kept = [];

    /// <returns>A task to wait for before more is taken, since the actor lags behind; null: none.</returns>
    public Task? Place(Placed placed, TensorChunk chunk)
    {
        lock (_gate)
        {
            foreach (var peer in host.Peers)
                if (peer.TryPlace(placed, chunk, out var drained)) return drained;
            _kept.Add((placed, chunk, host.Timestamp));
            if (_kept.Count <= ClusterLimits.MaxEarlyChunks) return null;
            chunk = _kept[0].Chunk;
            _kept.RemoveAt(0);
        }

        chunk.Release();
        return null;
    }

    /// <summary>A conversation has begun: its chunks are brought to it.</summary>
    public void PlaceThoseOf(ulong conversation)
    {
        foreach (var (placed, chunk) in Take(one => one.Placed.Conversation == conversation)) Place(placed, chunk);
    }

    /// <summary>Gives up those whose conversation has not begun for this long, or has ended.</summary>
    public void Expire(TimeSpan after)
    {
        foreach (var (_, chunk) in Take(one => host.Elapsed(one.Since) > after)) chunk.Release();
    }

    private List<(Placed Placed, TensorChunk Chunk)> Take(Predicate<(Placed Placed, TensorChunk Chunk, long Since)> which)
    {
        lock (_gate)
        {
            List<(Placed, TensorChunk)> taken = [.. _kept.FindAll(which).Select(one => (one.Placed, one.Chunk))];
            _kept.RemoveAll(which);
            return taken;
        }
    }
}
