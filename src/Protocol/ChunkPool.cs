using System.Numerics;

namespace Distributed.Protocol;

/// <summary>Lends memory for chunks and keeps what comes back, by powers of two, up to a bound of bytes.</summary>
/// <remarks>It never refuses: what is lent out is bounded by the hosts, which stop reading for an actor that lags behind.</remarks>
/// <param name="maxKeptBytes">Of memory that nobody uses.</param>
public sealed class ChunkPool(long maxKeptBytes = ChunkPool.DefaultMaxKeptBytes) : IChunkDestination
{
    public const long DefaultMaxKeptBytes = 256L << 20;

    private readonly FreeList<Lease>[] _kept =
        [.. Enumerable.Range(0, BitOperations.Log2(FrameLimits.MaxChunkElements) + 1).Select(_ => new FreeList<Lease>(int.MaxValue))];

    private long _keptBytes;
    private long _lent;

    /// <summary>Bytes kept for the next chunks.</summary>
    public long KeptBytes => Interlocked.Read(ref _keptBytes);

    /// <summary>Chunks that are lent out and not given back yet.</summary>
    public long Lent => Interlocked.Read(ref _lent);

    public TensorChunk Rent(in ChunkHeader header)
    {
        if (header.Elements is < 1 or > FrameLimits.MaxChunkElements)
        {
            throw new ArgumentOutOfRangeException(
                nameof(header), header.Elements, $"A chunk has 1 to {FrameLimits.MaxChunkElements} elements.");
        }

        var bucket = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)header.Elements));
        if (_kept[bucket].TryTake(out var lease))
        {
            Interlocked.Add(ref _keptBytes, -lease.Bytes);
        }
        else
        {
            lease = new Lease(this, bucket);
        }

        Interlocked.Increment(ref _lent);
        return lease.Chunk(header);
    }

    private void Return(Lease lease, int bucket)
    {
        Interlocked.Decrement(ref _lent);
        var bytes = lease.Bytes;
        if (Interlocked.Add(ref _keptBytes, bytes) > maxKeptBytes)
        {
            Interlocked.Add(ref _keptBytes, -bytes);
            return;
        }

        _kept[bucket].Add(lease);
    }

    /// <summary>Memory, and the chunk that carries it.</summary>
    private sealed class Lease(ChunkPool pool, int bucket) : IChunkLease
    {
        private readonly float[] _memory = GC.AllocateUninitializedArray<float>(1 << bucket);
        private readonly TensorChunk _chunk = new(default, default);

        public long Bytes => sizeof(float) * (long)_memory.Length;

        public TensorChunk Chunk(in ChunkHeader header) => _chunk.Reuse(header, _memory.AsMemory(0, header.Elements), this);

        public void Release() => pool.Return(this, bucket);
    }
}
