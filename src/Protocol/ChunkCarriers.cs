namespace Distributed.Protocol;

/// <summary>Chunks for elements that lie somewhere already: one that was released carries others. Thread-safe.</summary>
public sealed class ChunkCarriers
{
    /// <summary>Free ones at most: more than are ever on their way to one actor.</summary>
    private const int MostFree = 4096;

    private readonly FreeList<TensorChunk> _free = new(MostFree);

    /// <param name="lease">Null: nobody wants the memory back.</param>
    public TensorChunk Rent(in ChunkHeader header, Memory<float> data, IChunkLease? lease = null)
    {
        if (!_free.TryTake(out var chunk))
        {
            chunk = new TensorChunk(_free);
        }

        return chunk.Reuse(header, data, lease ?? NoLease.Instance);
    }

    private sealed class NoLease : IChunkLease
    {
        public static readonly NoLease Instance = new();

        public void Release()
        {
        }
    }
}
