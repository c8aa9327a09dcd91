using Distributed.Protocol;

namespace Distributed.Coordinator.Aggregation;

/// <summary>The flat weights of one version, lent to the messages that carry them; goes back to its pool after the last use.</summary>
/// <remarks>The aggregator holds one use for as long as the version is current or next; each chunk on its way to a worker holds one, and
/// goes on to do so where a worker of this machine computes with it (<see cref="ISharedVector"/>).</remarks>
public sealed class WeightVersion(WeightPool pool, Memory<float> vector) : ISharedVector
{
    private readonly List<TensorChunk> _chunks = [];
    private int _sent;
    private int _uses;

    public Memory<float> Vector => vector;

    /// <summary>A part of the vector on its way, which holds a use. The chunks of a version are used again when the vector is that of another
    /// version, which is when all are released. Called by the owner only.</summary>
    public TensorChunk Chunk(in ChunkHeader header, Memory<float> data)
    {
        Retain();
        if (_sent < _chunks.Count) return _chunks[_sent++].Reuse(header, data, this);
        _sent++;
        var chunk = new TensorChunk(header, data, this);
        _chunks.Add(chunk);
        return chunk;
    }

    internal void Begin()
    {
        _sent = 0;
        Retain();
    }

    ReadOnlyMemory<float> ISharedVector.Vector => vector;

    public void Retain() => Interlocked.Increment(ref _uses);

    public void Release()
    {
        if (Interlocked.Decrement(ref _uses) == 0) pool.Return(this);
    }
}

/// <summary>Weight vectors for the versions in use: two, one more for each version that a slow worker has still to be sent, and those that workers
/// of this machine hold.</summary>
public sealed class WeightPool(int elements, IVectorMemory memory)
{
    private readonly System.Collections.Concurrent.ConcurrentBag<WeightVersion> _free = [];
    private int _lent;

    /// <summary>Vectors in use.</summary>
    public int Lent => Volatile.Read(ref _lent);

    /// <summary>A vector with unspecified contents and one use.</summary>
    public WeightVersion Rent()
    {
        if (!_free.TryTake(out var version)) version = new WeightVersion(this, memory.Allocate(elements));
        version.Begin();
        Interlocked.Increment(ref _lent);
        return version;
    }

    internal void Return(WeightVersion version)
    {
        Interlocked.Decrement(ref _lent);
        _free.Add(version);
    }
}
