using System.Collections.Concurrent;
using Distributed.Protocol;

namespace Distributed.Worker;

/// <summary>Flat gradient vectors that are written by backward and then lent out chunk by chunk until each has been sent.</summary>
/// <remarks>A vector goes back to the pool when its last chunk is released, on whatever thread that happens.</remarks>
/// <param name="memory">Where they lie; null: in this process's own memory.</param>
public sealed class GradientPool(int elements, IVectorMemory? memory = null)
{
    private readonly ConcurrentBag<Lease> _free = [];
    private readonly IVectorMemory _memory = memory ?? OwnMemory.Instance;

    /// <summary>A vector with unspecified contents, lent out <paramref name="uses"/> times.</summary>
    public Lease Rent(int uses)
    {
        if (!_free.TryTake(out var lease)) lease = new Lease(this, _memory.Allocate(elements));
        lease.Begin(uses);
        return lease;
    }

    /// <summary>A gradient vector in use.</summary>
    public sealed class Lease(GradientPool pool, Memory<float> vector) : IChunkLease
    {
        private readonly List<TensorChunk> _chunks = [];
        private int _lent;
        private int _uses;

        public Memory<float> Vector => vector;

        /// <summary>A part of the vector on its way. The chunks of a lease are used again when it is lent anew, which is when all are released.</summary>
        public TensorChunk Chunk(in ChunkHeader header, Memory<float> data)
        {
            if (_lent < _chunks.Count) return _chunks[_lent++].Reuse(header, data, this);
            _lent++;
            var chunk = new TensorChunk(header, data, this);
            _chunks.Add(chunk);
            return chunk;
        }

        internal void Begin(int uses)
        {
            _lent = 0;
            Volatile.Write(ref _uses, uses);
        }

        public void Release()
        {
            if (Interlocked.Decrement(ref _uses) == 0) pool._free.Add(this);
        }
    }
}
