namespace Distributed.Coordinator.Runs;

/// <summary>Who computed what in the last steps, and when: shows at a glance who is slow.</summary>
internal sealed class RunTimeline(TimeProvider time)
{
    /// <summary>Steps that are kept.</summary>
    public const int Steps = 32;

    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private readonly (long Step, Dictionary<int, Piece> Pieces)[] _ring = [.. Enumerable.Range(0, Steps).Select(_ => (-1L, new Dictionary<int, Piece>()))];
    private readonly Dictionary<int, Times> _workers = [];

    private double Now => time.GetElapsedTime(_start).TotalSeconds;

    public void OnAssigned(long step, int worker, int shards)
    {
        var now = Now;
        lock (_lock)
        {
            ref var slot = ref _ring[step % Steps];
            if (slot.Step != step)
            {
                slot.Step = step;
                slot.Pieces.Clear();
            }
            slot.Pieces[worker] = slot.Pieces.TryGetValue(worker, out var known) ? known with { Shards = known.Shards + shards } : new Piece(now, now, 0, shards);
            _workers.TryAdd(worker, new Times(now, 0, 0));
        }
    }

    public void OnAnswered(long step, int worker, double computeSeconds)
    {
        var now = Now;
        lock (_lock)
        {
            var (of, pieces) = _ring[step % Steps];
            if (of != step || !pieces.TryGetValue(worker, out var piece)) return; // of a step long ago
            pieces[worker] = piece with { End = now, Compute = piece.Compute + computeSeconds };
            var times = _workers[worker];
            _workers[worker] = times with { Compute = times.Compute + computeSeconds, Busy = times.Busy + now - piece.End };
        }
    }

    /// <summary>What was answered of the last steps, oldest first.</summary>
    public IReadOnlyList<TimelinePiece> Pieces()
    {
        lock (_lock)
            return [.. _ring.Where(slot => slot.Step >= 0).OrderBy(slot => slot.Step).SelectMany(slot => slot.Pieces
                .Where(piece => piece.Value.End > piece.Value.Begin)
                .Select(piece => new TimelinePiece(slot.Step, piece.Key, piece.Value.Begin, piece.Value.End, piece.Value.Compute, piece.Value.Shards)))];
    }

    /// <summary>What a worker was given of the last step that it had a part in; 0: of none of these.</summary>
    public int LastShardsOf(int worker)
    {
        lock (_lock)
            return _ring.OrderByDescending(slot => slot.Step).Select(slot => slot.Pieces.TryGetValue(worker, out var piece) ? piece.Shards : 0).FirstOrDefault(shards => shards > 0);
    }

    /// <summary>How a worker's time since its first assignment divides; null: it has had none.</summary>
    public TimeShares? SharesOf(int worker)
    {
        var now = Now;
        lock (_lock)
        {
            if (!_workers.TryGetValue(worker, out var times) || now <= times.Since) return null;
            var whole = now - times.Since;
            var compute = Math.Min(1, times.Compute / whole);
            var busy = Math.Clamp(times.Busy / whole, compute, 1);
            return new TimeShares(compute, busy - compute, 1 - busy);
        }
    }

    /// <param name="End">Of the last answer; as long as there is none, when it began.</param>
    private readonly record struct Piece(double Begin, double End, double Compute, int Shards);

    private readonly record struct Times(double Since, double Compute, double Busy);
}

/// <summary>What one worker did for one step. Times are seconds since the run's beginning.</summary>
/// <param name="Begin">Its shards were sent to it.</param>
/// <param name="End">Its last answer was there.</param>
/// <param name="Compute">Forward and backward, of the time between; the rest is sending.</param>
internal sealed record TimelinePiece(long Step, int Worker, double Begin, double End, double Compute, int Shards);

/// <summary>Shares of a worker's time, 0..1, together 1.</summary>
/// <param name="Send">From an assignment to its answer, without computing.</param>
/// <param name="Wait">It has nothing to do.</param>
internal sealed record TimeShares(double Compute, double Send, double Wait);
