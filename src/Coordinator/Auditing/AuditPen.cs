using Distributed.Engine.Training;
using Distributed.Protocol;

namespace Distributed.Coordinator.Auditing;

/// <summary>Keeps what workers sent of audited shards of the step in progress until it is decided whose copy counts.</summary>
/// <remarks>
/// A copy is the chunks of one shard by one worker, the last of the vector first, as a worker sends them; its hash is taken here, from what
/// arrived. Holds at most one copy for each audited shard and worker of a step, all are gone when the step is committed.
/// </remarks>
internal sealed class AuditPen(int chunks)
{
    private readonly Dictionary<(int Worker, int Shard), Copy> _copies = [];

    /// <summary>Takes over a chunk.</summary>
    /// <returns>Null when it is kept; else why it was dropped.</returns>
    public string? Add(int worker, TensorChunk chunk)
    {
        var key = (worker, chunk.Header.FirstShard);
        if (!_copies.TryGetValue(key, out var copy)) _copies[key] = copy = new Copy(chunks);
        return copy.Add(chunk);
    }

    /// <summary>The worker says that it has sent all of a shard.</summary>
    /// <returns>The hash of what came, in hex; null where chunks are missing.</returns>
    public string? End(int worker, int shard, LossSum loss) => _copies.TryGetValue((worker, shard), out var copy) ? copy.End(loss) : null;

    /// <summary>Gives out one worker's copy of a shard and drops those of others.</summary>
    public (IReadOnlyList<TensorChunk> Chunks, LossSum Loss) Take(int worker, int shard)
    {
        if (!_copies.Remove((worker, shard), out var copy) || !copy.IsWhole)
            throw new BrokenInvariantException($"shard {shard} of worker {worker} is to be counted and is not here");
        Drop(key => key.Shard == shard);
        return (copy.Chunks, copy.Loss);
    }

    /// <summary>A worker is gone: what it had not sent to the end is dropped.</summary>
    public void Lose(int worker) => Drop(key => key.Worker == worker && !_copies[key].IsWhole);

    public void Clear()
    {
        if (_copies.Count > 0) Drop(_ => true);
    }

    private void Drop(Predicate<(int Worker, int Shard)> which)
    {
        foreach (var key in _copies.Keys.Where(key => which(key)).ToArray())
        {
            _copies.Remove(key, out var copy);
            foreach (var chunk in copy!.Chunks) chunk.Release();
            copy.Dispose();
        }
    }

    private sealed class Copy(int chunks) : IDisposable
    {
        private readonly PartialHash _hash = new();
        private int _next = chunks - 1;

        public List<TensorChunk> Chunks { get; } = new(chunks);

        public LossSum Loss { get; private set; }

        public bool IsWhole { get; private set; }

        public string? Add(TensorChunk chunk)
        {
            if (IsWhole || chunk.Header.Index != _next)
            {
                chunk.Release();
                return IsWhole ? "that shard was sent whole before" : $"chunk {_next} of the shard comes next";
            }
            _next--;
            _hash.Add(chunk.Data.Span);
            Chunks.Add(chunk);
            return null;
        }

        public string? End(LossSum loss)
        {
            if (_next >= 0 || IsWhole) return null;
            (IsWhole, Loss) = (true, loss);
            return Convert.ToHexStringLower(_hash.End(loss.Loss, loss.Correct, loss.Samples));
        }

        public void Dispose() => _hash.Dispose();
    }
}
