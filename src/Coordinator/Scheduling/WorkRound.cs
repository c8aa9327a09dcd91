using Distributed.Engine.Training;

namespace Distributed.Coordinator.Scheduling;

/// <summary>A worker that units can be given to.</summary>
/// <param name="Speed">Units a second, or in any unit that all share; more than 0.</param>
/// <param name="Load">Units it still has to do before.</param>
public readonly record struct Taker(int Worker, double Speed, int Load = 0);

/// <summary>Who works on which units of one round: the shards of a step, or the blocks of an evaluation.</summary>
/// <remarks>
/// Some units are audited: they are handed out by themselves, and when one was computed it is <em>judged</em> until <see cref="Settle"/>.
/// <para>Invariant, checked after every change: each unit is done, judged, outstanding with at least one worker, or pending; a pending unit is
/// none of the others.</para>
/// </remarks>
public sealed class WorkRound
{
    private readonly bool[] _done;
    private readonly bool[] _pending;
    private readonly bool[] _audited;
    private readonly bool[] _judged;
    private readonly SortedDictionary<int, List<ShardRange>> _outstanding = [];

    /// <param name="units">Units of the round, all pending at the start; at least 1.</param>
    /// <param name="isAudited">Which units are audited; null: none.</param>
    public WorkRound(int units, Predicate<int>? isAudited = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        _audited = [.. Enumerable.Range(0, units).Select(unit => isAudited?.Invoke(unit) == true)];
        _judged = new bool[units];
        _done = new bool[units];
        _pending = new bool[units];
        Array.Fill(_pending, true);
        Missing = units;
    }

    public int Units => _done.Length;

    /// <summary>Units not done yet.</summary>
    public int Missing { get; private set; }

    public bool IsComplete => Missing == 0;

    public bool IsAudited(int unit) => _audited[unit];

    /// <summary>Whether a worker has this unit, with others or alone, and has not finished it.</summary>
    public bool IsHeldBy(int worker, int unit) =>
        _outstanding.TryGetValue(worker, out var ranges) && ranges.Exists(range => range.First <= unit && unit < range.End);

    /// <summary>Who has this unit and has not finished it.</summary>
    public IEnumerable<int> HoldersOf(int unit) => _outstanding.Keys.Where(worker => IsHeldBy(worker, unit));

    public bool HasPending => Array.IndexOf(_pending, true) >= 0;

    /// <summary>Units that <paramref name="worker"/> was given in this round and has not finished.</summary>
    public int OutstandingOf(int worker) => _outstanding.TryGetValue(worker, out var ranges) ? ranges.Sum(range => range.Count) : 0;

    /// <summary>Hands out all pending units so that the takers should be through at the same time.</summary>
    /// <param name="takers">By number. With none, everything stays pending.</param>
    /// <returns>For each worker that gets something: its new runs, cut into aligned ones.</returns>
    public IReadOnlyList<(int Worker, IReadOnlyList<ShardRange> Ranges)> Distribute(IReadOnlyList<Taker> takers) =>
        Give([.. Enumerable.Range(0, Units).Where(unit => _pending[unit])], takers);

    /// <summary>Hands out once more what only late workers have.</summary>
    /// <param name="takers">By number; each has nothing outstanding in this round.</param>
    /// <param name="isLate">Whether a worker is late.</param>
    public IReadOnlyList<(int Worker, IReadOnlyList<ShardRange> Ranges)> Copy(IReadOnlyList<Taker> takers, Predicate<int> isLate)
    {
        var inTime = new bool[Units];
        foreach (var (worker, ranges) in _outstanding)
            if (!isLate(worker))
                foreach (var range in ranges) Array.Fill(inTime, true, range.First, range.Count);
        return Give([.. Enumerable.Range(0, Units).Where(unit => !_done[unit] && !_pending[unit] && !_judged[unit] && !inTime[unit])], takers);
    }

    /// <summary>Hands one audited unit to one more worker.</summary>
    public void GiveAlso(int worker, int unit)
    {
        Give(worker, [new ShardRange(unit, 1)]);
        Check();
    }

    /// <summary>What came of an audited unit is worth nothing: it is pending again unless someone has it.</summary>
    public void Reopen(int unit)
    {
        if (!_judged[unit]) return;
        (_judged[unit], _pending[unit]) = (false, !HeldByAnyone(unit));
        Check();
    }

    /// <summary>An audited unit is done.</summary>
    public void Settle(int unit)
    {
        Done(unit);
        Check();
    }

    /// <summary>Marks units done that <paramref name="worker"/> was given, or judged where they are audited.</summary>
    /// <returns>False where the worker was not given exactly this run: nothing changes.</returns>
    public bool Complete(int worker, ShardRange range)
    {
        if (!_outstanding.TryGetValue(worker, out var ranges) || !ranges.Remove(range)) return false;
        for (var unit = range.First; unit < range.End; unit++)
            if (!_audited[unit]) Done(unit);
            else if (!_done[unit]) (_judged[unit], _pending[unit]) = (true, false);
        Check();
        return true;
    }

    /// <summary>Marks one unit done of a run that <paramref name="worker"/> was given; the rest of the run stays outstanding.</summary>
    /// <returns>False where the worker was not given the unit: nothing changes.</returns>
    public bool CompleteUnit(int worker, int unit)
    {
        if (!_outstanding.TryGetValue(worker, out var ranges)) return false;
        var index = ranges.FindIndex(range => range.First <= unit && unit < range.End);
        if (index < 0) return false;
        var whole = ranges[index];
        ranges.RemoveAt(index);
        ShardRange[] parts = [new(whole.First, unit - whole.First), new(unit, 1), new(unit + 1, whole.End - unit - 1)];
        ranges.AddRange(parts.Where(part => part.Count > 0));
        return Complete(worker, parts[1]);
    }

    /// <summary>Takes back what a lost worker had not finished. Those units are pending unless someone else has them too.</summary>
    /// <returns>Units that became pending.</returns>
    public int Lose(int worker)
    {
        if (!_outstanding.Remove(worker, out var ranges)) return 0;
        var moved = 0;
        foreach (var range in ranges)
            for (var unit = range.First; unit < range.End; unit++)
            {
                if (_done[unit] || _judged[unit] || _pending[unit] || HeldByAnyone(unit)) continue;
                _pending[unit] = true;
                moved++;
            }
        Check();
        return moved;
    }

    private void Done(int unit)
    {
        if (!_done[unit]) Missing--;
        (_done[unit], _judged[unit], _pending[unit]) = (true, false, false);
    }

    private List<(int Worker, IReadOnlyList<ShardRange> Ranges)> Give(ReadOnlySpan<int> units, IReadOnlyList<Taker> takers)
    {
        var given = new List<(int, IReadOnlyList<ShardRange>)>();
        if (units.Length == 0 || takers.Count == 0) return given;
        var (counts, from) = (Share(units.Length, takers), 0);
        for (var i = 0; i < takers.Count; i++)
        {
            var ranges = Runs(units.Slice(from, counts[i])).SelectMany(run => run.Aligned()).ToArray();
            from += counts[i];
            if (ranges.Length == 0) continue;
            Give(takers[i].Worker, ranges);
            given.Add((takers[i].Worker, ranges));
        }
        Check();
        return given;
    }

    private void Give(int worker, IReadOnlyList<ShardRange> ranges)
    {
        if (!_outstanding.TryGetValue(worker, out var list)) _outstanding[worker] = list = [];
        list.AddRange(ranges);
        foreach (var range in ranges) Array.Fill(_pending, false, range.First, range.Count);
    }

    /// <summary>How many units each taker gets: every unit goes to the one that would be through with it first.</summary>
    private static int[] Share(int units, IReadOnlyList<Taker> takers)
    {
        var counts = new int[takers.Count];
        var queue = new PriorityQueue<int, (double Finish, int Taker)>(takers.Count);
        for (var i = 0; i < takers.Count; i++) queue.Enqueue(i, (Finish(i), i));
        for (; units > 0; units--)
        {
            var taker = queue.Peek();
            counts[taker]++;
            queue.DequeueEnqueue(taker, (Finish(taker), taker));
        }
        return counts;

        double Finish(int taker) => (takers[taker].Load + counts[taker] + 1) / takers[taker].Speed;
    }

    private List<ShardRange> Runs(ReadOnlySpan<int> units)
    {
        var runs = new List<ShardRange>();
        foreach (var unit in units)
            if (runs.Count > 0 && runs[^1].End == unit && !_audited[unit] && !_audited[unit - 1]) runs[^1] = runs[^1] with { Count = runs[^1].Count + 1 };
            else runs.Add(new ShardRange(unit, 1));
        return runs;
    }

    private bool HeldByAnyone(int unit) => HoldersOf(unit).Any();

    private void Check()
    {
        var missing = 0;
        Span<bool> held = stackalloc bool[Units <= 1024 ? Units : 0];
        if (held.IsEmpty) held = new bool[Units];
        held.Clear();
        foreach (var ranges in _outstanding.Values)
            foreach (var range in ranges) held[range.First..range.End].Fill(true);
        for (var unit = 0; unit < Units; unit++)
        {
            if (!_done[unit]) missing++;
            if (!_done[unit] && !_judged[unit] && !_pending[unit] && !held[unit]) throw new BrokenInvariantException($"unit {unit} is nobody's");
            if (_pending[unit] && (_done[unit] || _judged[unit] || held[unit])) throw new BrokenInvariantException($"unit {unit} is pending and taken");
        }
        if (missing != Missing) throw new BrokenInvariantException($"{missing} units are missing, counted {Missing}");
    }
}
