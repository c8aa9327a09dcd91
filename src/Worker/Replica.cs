using Distributed.Protocol;

namespace Distributed.Worker;

/// <summary>A worker's copy of the model's weights: the version that is whole, and the next one as it arrives.</summary>
/// <remarks>
/// Version v lives in buffer v mod 2, so chunks of v + 1 never touch v while it is computed with. Hosts that read from a socket
/// write chunks straight into the buffer (<see cref="Rent"/>, on their own thread); elsewhere <see cref="Accept"/> copies.
/// <para>Invariant: <see cref="Version"/> ≥ 0 means that every element of that version has arrived. Versions only grow. A chunk of
/// version ≤ <see cref="Version"/> is never written: it goes to scratch memory and is dropped.</para>
/// </remarks>
public sealed class Replica : IChunkDestination
{
    private readonly float[][] _buffers;
    private readonly bool[] _arrived;
    private readonly IChunkDestination _scratch;
    private long _version = -1;
    private long _filling = -1;
    private int _missing;

    /// <param name="elements">Elements of the flat vector.</param>
    /// <param name="chunkElements">Elements of a chunk; the last may be shorter.</param>
    /// <param name="scratch">Where chunks go that are not wanted.</param>
    public Replica(int elements, int chunkElements, IChunkDestination scratch)
    {
        (Elements, ChunkElements, _scratch) = (elements, chunkElements, scratch);
        _buffers = [GC.AllocateArray<float>(elements, pinned: true), GC.AllocateArray<float>(elements, pinned: true)];
        _arrived = new bool[Chunks];
    }

    public int Elements { get; }

    public int ChunkElements { get; }

    public int Chunks => (Elements + ChunkElements - 1) / ChunkElements;

    /// <summary>The newest whole version; −1 before the first.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>The weights of <see cref="Version"/>. They stay whole until version + 2 begins to arrive.</summary>
    public ReadOnlyMemory<float> Weights => _buffers[Version & 1];

    /// <summary>First element and length of a chunk.</summary>
    public (int Offset, int Count) Slice(int chunk)
    {
        var offset = chunk * ChunkElements;
        return (offset, Math.Min(ChunkElements, Elements - offset));
    }

    /// <summary>Memory for an arriving chunk: its place in the next version's buffer, or scratch where the chunk is not wanted.</summary>
    public TensorChunk Rent(in ChunkHeader header) =>
        header.Kind == ChunkKind.Weights && header.Step > Version && Fits(header)
            ? new TensorChunk(header, Place(header))
            : _scratch.Rent(header);

    /// <summary>Takes a chunk of weights and releases it.</summary>
    /// <returns>Null when it was used; else why it was dropped.</returns>
    public string? Accept(TensorChunk chunk)
    {
        try
        {
            var header = chunk.Header;
            if (!Fits(header)) return $"{chunk} with {header.Elements} elements does not fit a vector of {Elements}";
            if (header.Step <= Version) return $"{chunk} is of a version already held";
            if (header.Step < _filling) return $"{chunk} is older than version {_filling}, which is arriving";
            if (header.Step > _filling) Begin(header.Step);
            if (_arrived[header.Index]) return $"{chunk} came twice";
            var place = Place(header);
            if (!place.Equals(chunk.Data)) chunk.Data.CopyTo(place);
            _arrived[header.Index] = true;
            if (--_missing == 0) Volatile.Write(ref _version, header.Step);
            return null;
        }
        finally
        {
            chunk.Release();
        }
    }

    private void Begin(long version)
    {
        _filling = version;
        _missing = Chunks;
        Array.Clear(_arrived);
    }

    private bool Fits(in ChunkHeader header) => header.Index >= 0 && header.Index < Chunks && header.Elements == Slice(header.Index).Count;

    private Memory<float> Place(in ChunkHeader header) =>
        _buffers[header.Step & 1].AsMemory(header.Index * ChunkElements, header.Elements);
}
