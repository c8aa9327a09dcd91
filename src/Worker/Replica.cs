using Distributed.Protocol;

namespace Distributed.Worker;

/// <summary>A worker's copy of the model's weights: the version that is whole, and the next one as it arrives.</summary>
/// <remarks>
/// Version v lives in buffer v mod 2, so chunks of v + 1 never touch v while it is computed with. Hosts that read from a socket
/// write chunks straight into the buffer (<see cref="Rent"/>, on their own thread); elsewhere <see cref="Accept"/> copies. Where all chunks of a
/// version are slices of one vector of this machine, nothing is copied: it is read where it lies, and held until its place is wanted.
/// <para>The version before stays whole too until version + 2 begins to arrive: a step is computed again with it where a worker was lost
/// between its last chunk and its last word.</para>
/// <para>Invariant: <see cref="Version"/> ≥ 0 means that every element of that version has arrived. Versions only grow. A chunk of
/// version ≤ <see cref="Version"/> is never written: it goes to scratch memory and is dropped.</para>
/// </remarks>
public sealed class Replica : IChunkDestination
{
    private readonly float[]?[] _buffers = [null, null]; // made when first wanted
    private readonly ISharedVector?[] _shared = [null, null];
    private readonly TensorChunk?[][] _held;
    private readonly bool[] _arrived;
    private readonly IChunkDestination _scratch;
    private readonly ChunkCarriers _carriers = new();

    // Of the version that is being read from sockets: which chunks were given their place.
    private readonly bool[] _rented;
    private long _renting = -1;
    private long _version = -1;
    private long _before = -1;
    private long _filling = -1;
    private int _missing;

    /// <param name="elements">Elements of the flat vector.</param>
    /// <param name="chunkElements">Elements of a chunk; the last may be shorter.</param>
    /// <param name="scratch">Where chunks go that are not wanted.</param>
    public Replica(int elements, int chunkElements, IChunkDestination scratch)
    {
        (Elements, ChunkElements, _scratch) = (elements, chunkElements, scratch);
        _held = [new TensorChunk?[Chunks], new TensorChunk?[Chunks]];
        _arrived = new bool[Chunks];
        _rented = new bool[Chunks];
    }

    public int Elements { get; }

    public int ChunkElements { get; }

    public int Chunks => (Elements + ChunkElements - 1) / ChunkElements;

    /// <summary>The newest whole version; −1 before the first.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Whether a version is whole here, and no later one has begun to arrive in its place.</summary>
    public bool Holds(long version)
    {
        if (version < 0) return false;
        var filling = Volatile.Read(ref _filling);
        var isWritten = filling > Version && (filling - version) % 2 == 0;
        return !isWritten && (version == Version || version == Volatile.Read(ref _before));
    }

    /// <summary>The weights of a version that this <see cref="Holds"/> at this moment. They stay whole until version + 2 begins to arrive; what is
    /// computed with them after that is of a step that is committed, and nobody wants it.</summary>
    /// <returns>False where the version is not held.</returns>
    public bool TryWeights(long version, out ReadOnlyMemory<float> weights)
    {
        weights = !Holds(version) ? default : _shared[version & 1]?.Vector ?? _buffers[version & 1];
        return !weights.IsEmpty;
    }

    /// <summary>First element and length of a chunk.</summary>
    public (int Offset, int Count) Slice(int chunk)
    {
        var offset = chunk * ChunkElements;
        return (offset, Math.Min(ChunkElements, Elements - offset));
    }

    /// <summary>Memory for an arriving chunk: its place in the next version's buffer, or scratch where the chunk is not wanted.</summary>
    /// <remarks>A place is given out once: what comes again (over a new connection, say) goes to scratch and is copied where it is wanted, so that
    /// a chunk that turns out to be damaged never lies over a good one.</remarks>
    public TensorChunk Rent(in ChunkHeader header) =>
        header.Kind == ChunkKind.Weights && header.Step > Version && Fits(header) && IsFirst(header)
            ? _carriers.Rent(header, Place(header))
            : _scratch.Rent(header);

    private bool IsFirst(in ChunkHeader header)
    {
        lock (_rented)
        {
            if (header.Step < _renting) return false;
            if (header.Step > _renting)
            {
                _renting = header.Step;
                Array.Clear(_rented);
            }
            var isFirst = !_rented[header.Index];
            _rented[header.Index] = true;
            return isFirst;
        }
    }

    /// <summary>Takes a chunk of weights, and releases it unless it is read where it lies.</summary>
    /// <returns>Null when it was used; else why it was dropped.</returns>
    public string? Accept(TensorChunk chunk)
    {
        var header = chunk.Header;
        if (Misfit(chunk) is { } reason)
        {
            chunk.Release();
            return reason;
        }
        if (header.Step > _filling) Begin(header.Step, chunk.Shared);
        if (_arrived[header.Index])
        {
            var twice = $"{chunk} came twice";
            chunk.Release();
            return twice;
        }
        var slot = header.Step & 1;
        if (_shared[slot] is { } shared && shared == chunk.Shared)
        {
            _held[slot][header.Index] = chunk;
        }
        else
        {
            if (_shared[slot] is not null) Unshare(slot);
            var place = Place(header);
            if (!place.Equals(chunk.Data)) chunk.Data.CopyTo(place);
            chunk.Release();
        }
        _arrived[header.Index] = true;
        if (--_missing == 0)
        {
            Volatile.Write(ref _before, Version == header.Step - 1 ? Version : -1);
            Volatile.Write(ref _version, header.Step);
        }
        return null;
    }

    /// <summary>Holds nothing of others any more. It is not to be used after that.</summary>
    public void Release()
    {
        for (var slot = 0; slot < _held.Length; slot++) Drop(slot);
    }

    private string? Misfit(TensorChunk chunk)
    {
        var header = chunk.Header;
        if (!Fits(header)) return $"{chunk} with {header.Elements} elements does not fit a vector of {Elements}";
        if (header.Step <= Version) return $"{chunk} is of a version already held";
        return header.Step < _filling ? $"{chunk} is older than version {_filling}, which is arriving" : null;
    }

    private void Begin(long version, ISharedVector? shared)
    {
        Volatile.Write(ref _before, -1); // one of the two places is written from now on: its, or that of the version whole now
        Volatile.Write(ref _filling, version);
        _missing = Chunks;
        Array.Clear(_arrived);
        Drop(version & 1);
        _shared[version & 1] = shared?.Vector.Length == Elements ? shared : null;
    }

    private void Drop(long slot)
    {
        _shared[slot] = null;
        foreach (ref var chunk in _held[slot].AsSpan())
        {
            chunk?.Release();
            chunk = null;
        }
    }

    /// <summary>What came so far is copied, since the next chunk lies elsewhere.</summary>
    private void Unshare(long slot)
    {
        foreach (var chunk in _held[slot])
            if (chunk is not null) chunk.Data.CopyTo(Place(chunk.Header));
        Drop(slot);
    }

    private bool Fits(in ChunkHeader header) => header.Index >= 0 && header.Index < Chunks && header.Elements == Slice(header.Index).Count;

    private Memory<float> Place(in ChunkHeader header) =>
        Buffer(header.Step & 1).AsMemory(header.Index * ChunkElements, header.Elements);

    /// <summary>Asked for by the actor and by the thread that reads from the socket.</summary>
    private float[] Buffer(long slot) => Volatile.Read(ref _buffers[slot])
        ?? Interlocked.CompareExchange(ref _buffers[slot], GC.AllocateArray<float>(Elements, pinned: true), null) ?? _buffers[slot]!;
}
