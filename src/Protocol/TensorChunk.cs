namespace Distributed.Protocol;

/// <summary>What the elements of a <see cref="TensorChunk"/> are; numbers as in tensor.proto.</summary>
public enum ChunkKind
{
    Partial = 1,
    Weights = 2,
}

/// <summary>A chunk without its elements: what stands before the data on the wire.</summary>
/// <param name="Step">Partial: the step; weights: the version.</param>
/// <param name="Index">Chunk number in the flat vector.</param>
/// <param name="FirstShard">Partial only: an aligned run of shards.</param>
/// <param name="Elements">float32 elements.</param>
public readonly record struct ChunkHeader(ChunkKind Kind, long Step, int Index, int FirstShard, int ShardCount, int Elements)
{
    /// <summary>Of the worker that sends or gets it; see training.proto.</summary>
    public ulong Session { get; init; }
}

/// <summary>A slice of a flat vector on its way between actors. Its memory is borrowed: who consumes it calls <see cref="Release"/> once.</summary>
/// <remarks>
/// The sender must leave the elements alone until the release. A chunk that is never released is not leaked, only not pooled
/// again. Sending one chunk's memory to several actors takes one <see cref="TensorChunk"/> and one lease each.
/// </remarks>
public sealed class TensorChunk(ChunkHeader header, Memory<float> data, IChunkLease? lease = null) : IReleasable
{
    private readonly FreeList<TensorChunk>? _home;
    private IChunkLease? _lease = lease;

    /// <summary>One that carries nothing yet, and comes there whenever it is released.</summary>
    internal TensorChunk(FreeList<TensorChunk> home)
        : this(default, default) => _home = home;

    public ChunkHeader Header { get; private set; } = header;

    /// <summary>Header.Elements elements.</summary>
    public Memory<float> Data { get; private set; } = data;

    /// <summary>Of its elements.</summary>
    public long Bytes => sizeof(float) * (long)Data.Length;

    /// <summary>The whole vector that the elements lie in, where who takes the chunk may read on in it instead of copying; null: there is none.</summary>
    public ISharedVector? Shared => _lease as ISharedVector;

    /// <summary>Makes a chunk that was released carry something else: for who made it, to spare making another for each message.</summary>
    /// <exception cref="InvalidOperationException">It was not released.</exception>
    public TensorChunk Reuse(in ChunkHeader header, Memory<float> data, IChunkLease lease)
    {
        (Header, Data) = (header, data);
        if (Interlocked.Exchange(ref _lease, lease) is not null) throw new InvalidOperationException($"{this} is used again before it was released");
        return this;
    }

    /// <summary>Gives the memory back. A second call does nothing; but it must not come when the chunk may have been reused.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _lease, null) is not { } lease)
        {
            return;
        }

        lease.Release();
        _home?.Add(this);
    }

    public override string ToString() => Header.Kind == ChunkKind.Partial
        ? $"partial step {Header.Step} shards {Header.FirstShard}+{Header.ShardCount} chunk {Header.Index}"
        : $"weights {Header.Step} chunk {Header.Index}";
}

/// <summary>One use of borrowed memory.</summary>
public interface IChunkLease
{
    /// <summary>Ends this use. May be called from any thread.</summary>
    void Release();
}

/// <summary>One use of a flat vector of this process or of another whose memory it can look at. The elements of a chunk that holds it stay as they are until it is released.</summary>
public interface ISharedVector : IChunkLease
{
    ReadOnlyMemory<float> Vector { get; }
}

/// <summary>Where the elements of an arriving chunk are to be written. Called by a host on its receiving thread, before the data is read.</summary>
public interface IChunkDestination
{
    /// <summary>Memory of header.Elements elements to read into, and the chunk that will carry it to the actor.</summary>
    TensorChunk Rent(in ChunkHeader header);
}
