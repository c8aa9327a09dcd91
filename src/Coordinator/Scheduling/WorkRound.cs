using Distributed.Engine.Training;

namespace Distributed.Coordinator.Scheduling;

/// <summary>A worker that units can be given to.</summary>
/// <param name="Speed">Units a second, or in any unit that all share; more than 0.</param>
/// <param name="Load">Units it still has to do before.</param>
public readonly record struct Taker(int Worker, double Speed, int Load = 0);

/// <summary>Who works on which units of one round: the shards of a step, or the blocks of an evaluation.</summary>
/// <remarks>
/// Some units are audited: they are handed out by themselves, and when one was computed it is <em>judged</em> until <see cref="Settle"/>.
/// <para>Invariant: each unit is done, judged, outstanding with at least one worker, or pending; a pending unit is none of the others. It is checked
/// after every change for the units that the change is about, so that what a worker costs does not grow with the round, and for all when the
/// round is complete.</para>
/// </remarks>
public sealed class WorkRound
{
    private readonly bool[] _done;
    private readonly bool[] _pending;
    private readonly bool[] _audited;
    private readonly bool[] _judged;
    private readonly int[] _holders; // with how many workers each unit is outstanding
    private readonly SortedList<int, Share> _shares = [];

    // Used again from call to call.
    private readonly int[] _recount;
    private readonly bool[] _inTime;
    private readonly List<int> _units = [];
    private readonly List<ShardRange> _runs = [];
    private readonly List<(int Worker, IReadOnlyList<ShardRange> Ranges)> _given = [];
    private readonly PriorityQueue<int, (double Finish, int Taker)> _queue = new();
    private int[] _counts = [];

    /// <param name="units">Units of the round, all pending at the start; at least 1.</param>
    /// <param name="isAudited">Which units are audited; null: none.</param>
    public WorkRound(int units, Predicate<int>? isAudited = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        (_audited, _judged, _done, _pending) = (new bool[units], new bool[units], new bool[units], new bool[units]);
        (_holders, _recount, _inTime) = (new int[units], new int[units], new bool[units]);
        Begin(isAudited);
    }

    /// <summary>Begins anew, as a new round of as many units would.</summary>
    public void Begin(Predicate<int>? isAudited = null)
    {
        for (var unit = 0; unit < Units; unit++)
        {
            _audited[unit] = isAudited?.Invoke(unit) == true;
            (_judged[unit], _done[unit], _pending[unit]) = (false, false, true);
        }
        for (var i = _shares.Count - 1; i >= 0; i--)
            if (!_shares.GetValueAtIndex(i).Begin()) _shares.RemoveAt(i);
        Array.Clear(_holders);
        Missing = Units;
    }

    public int Units => _done.Length;

    /// <summary>Units not done yet.</summary>
    public int Missing { get; private set; }

    public bool IsComplete => Missing == 0;

    public bool IsAudited(int unit) => _audited[unit];

    /// <summary>Whether a worker has this unit, with others or alone, and has not finished it.</summary>
    public bool IsHeldBy(int worker, int unit) =>
        _shares.TryGetValue(worker, out var share) && share.IndexOf(unit) >= 0;

    /// <summary>Who has this unit and has not finished it.</summary>
    public IEnumerable<int> HoldersOf(int unit) => _shares.Keys.Where(worker => IsHeldBy(worker, unit));

    public bool HasPending => Array.IndexOf(_pending, true) >= 0;

    /// <summary>Units that <paramref name="worker"/> was given in this round and has not finished.</summary>
    public int OutstandingOf(int worker) => _shares.TryGetValue(worker, out var share) ? share.Units : 0;

    /// <summary>Hands out all pending units so that the takers should be through at the same time.</summary>
    /// <param name="takers">By number. With none, everything stays pending.</param>
    /// <returns>For each worker that gets something: its new runs, cut into aligned ones. The lists are valid until the next call.</returns>
    public IReadOnlyList<(int Worker, IReadOnlyList<ShardRange> Ranges)> Distribute(IReadOnlyList<Taker> takers)
    {
        _units.Clear();
        for (var unit = 0; unit < Units; unit++)
            if (_pending[unit]) _units.Add(unit);
        return Give(takers);
    }

    /// <summary>Hands out once more what only late workers have.</summary>
    /// <param name="takers">By number; each has nothing outstanding in this round.</param>
    /// <param name="isLate">Whether a worker is late.</param>
    /// <returns>As <see cref="Distribute"/>.</returns>
    public IReadOnlyList<(int Worker, IReadOnlyList<ShardRange> Ranges)> Copy(IReadOnlyList<Taker> takers, Predicate<int> isLate)
    {
        Array.Clear(_inTime);
        for (var i = 0; i < _shares.Count; i++)
        {
            var outstanding = _shares.GetValueAtIndex(i).Outstanding;
            if (outstanding.Count == 0 || isLate(_shares.GetKeyAtIndex(i))) continue;
            foreach (var range in outstanding) Array.Fill(_inTime, true, range.First, range.Count);
        }
        _units.Clear();
        for (var unit = 0; unit < Units; unit++)
            if (!_done[unit] && !_pending[unit] && !_judged[unit] && !_inTime[unit]) _units.Add(unit);
        return Give(takers);
    }

    /// <summary>Hands one audited unit to one more worker.</summary>
    public void GiveAlso(int worker, int unit)
    {
        Give(ShareOf(worker), new ShardRange(unit, 1));
        Check(new ShardRange(unit, 1));
    }

    /// <summary>What came of an audited unit is worth nothing: it is pending again unless someone has it.</summary>
    public void Reopen(int unit)
    {
        if (!_judged[unit]) return;
        (_judged[unit], _pending[unit]) = (false, _holders[unit] == 0);
        Check(new ShardRange(unit, 1));
    }

    /// <summary>An audited unit is done.</summary>
    public void Settle(int unit)
    {
        Done(unit);
        Check(new ShardRange(unit, 1));
    }

    /// <summary>Marks units done that <paramref name="worker"/> was given, or judged where they are audited.</summary>
    /// <returns>False where the worker was not given exactly this run: nothing changes.</returns>
    public bool Complete(int worker, ShardRange range)
    {
        if (!_shares.TryGetValue(worker, out var share) || !share.Outstanding.Remove(range)) return false;
        Drop(range);
        for (var unit = range.First; unit < range.End; unit++)
            if (!_audited[unit]) Done(unit);
            else if (!_done[unit]) (_judged[unit], _pending[unit]) = (true, false);
        Check(range);
        return true;
    }

    /// <summary>Marks one unit done of a run that <paramref name="worker"/> was given; the rest of the run stays outstanding.</summary>
    /// <returns>False where the worker was not given the unit: nothing changes.</returns>
    public bool CompleteUnit(int worker, int unit)
    {
        if (!_shares.TryGetValue(worker, out var share)) return false;
        var index = share.IndexOf(unit);
        if (index < 0) return false;
        var whole = share.Outstanding[index];
        share.Outstanding.RemoveAt(index);
        ShardRange[] parts = [new(whole.First, unit - whole.First), new(unit, 1), new(unit + 1, whole.End - unit - 1)];
        share.Outstanding.AddRange(parts.Where(part => part.Count > 0));
        return Complete(worker, parts[1]);
    }

    /// <summary>Takes back what a lost worker had not finished. Those units are pending unless someone else has them too.</summary>
    /// <returns>Units that became pending.</returns>
    public int Lose(int worker)
    {
        if (!_shares.Remove(worker, out var share)) return 0;
        var moved = 0;
        foreach (var range in share.Outstanding)
        {
            Drop(range);
            for (var unit = range.First; unit < range.End; unit++)
            {
                if (_done[unit] || _judged[unit] || _pending[unit] || _holders[unit] > 0) continue;
                _pending[unit] = true;
                moved++;
            }
            Check(range);
        }
        return moved;
    }

    private void Done(int unit)
    {
        if (!_done[unit]) Missing--;
        (_done[unit], _judged[unit], _pending[unit]) = (true, false, false);
    }

    /// <summary>Gives out <see cref="_units"/>.</summary>
    private List<(int Worker, IReadOnlyList<ShardRange> Ranges)> Give(IReadOnlyList<Taker> takers)
    {
        _given.Clear();
        if (_units.Count == 0 || takers.Count == 0) return _given;
        Divide(_units.Count, takers);
        var from = 0;
        for (var i = 0; i < takers.Count; i++)
        {
            FindAlignedRuns(from, _counts[i]);
            from += _counts[i];
            if (_runs.Count == 0) continue;
            var share = ShareOf(takers[i].Worker);
            foreach (var run in _runs)
            {
                Give(share, run);
                Check(run);
            }
            share.Given.Clear();
            share.Given.AddRange(_runs);
            _given.Add((takers[i].Worker, share.Given));
        }
        return _given;
    }

    private void Give(Share share, ShardRange range)
    {
        share.Add(range);
        Array.Fill(_pending, false, range.First, range.Count);
        for (var unit = range.First; unit < range.End; unit++) _holders[unit]++;
    }

    /// <summary>A worker has this run no more.</summary>
    private void Drop(ShardRange range)
    {
        for (var unit = range.First; unit < range.End; unit++) _holders[unit]--;
    }

    private Share ShareOf(int worker)
    {
        if (!_shares.TryGetValue(worker, out var share)) _shares[worker] = share = new Share();
        return share;
    }

    /// <summary>How many units each taker gets, in <see cref="_counts"/>: every unit goes to the one that would be through with it first.</summary>
    private void Divide(int units, IReadOnlyList<Taker> takers)
    {
        if (_counts.Length < takers.Count) _counts = new int[takers.Count];
        Array.Clear(_counts);
        _queue.Clear();
        for (var i = 0; i < takers.Count; i++) _queue.Enqueue(i, (Finish(takers[i], 0), i));
        for (; units > 0; units--)
        {
            var taker = _queue.Peek();
            _counts[taker]++;
            _queue.DequeueEnqueue(taker, (Finish(takers[taker], _counts[taker]), taker));
        }
    }

    /// <param name="units">That it gets before one more.</param>
    private static double Finish(in Taker taker, int units) => (taker.Load + units + 1) / taker.Speed;

    /// <summary>The aligned runs that some of <see cref="_units"/> make up, in <see cref="_runs"/>; an audited unit is one by itself.</summary>
    private void FindAlignedRuns(int from, int count)
    {
        _runs.Clear();
        for (var (i, end) = (from, from + count); i < end;)
        {
            var rest = new ShardRange(_units[i++], 1);
            for (; i < end && _units[i] == rest.End && !_audited[rest.End] && !_audited[rest.End - 1]; i++) rest = rest with { Count = rest.Count + 1 };
            for (; rest.Count > 0; rest = rest.From(rest.FirstAligned.End)) _runs.Add(rest.FirstAligned);
        }
    }

    private void Check(ShardRange range)
    {
        for (var unit = range.First; unit < range.End; unit++)
        {
            if (_holders[unit] < 0) throw new BrokenInvariantException($"unit {unit} was answered for more often than it was given");
            if (!_done[unit] && !_judged[unit] && !_pending[unit] && _holders[unit] == 0) throw new BrokenInvariantException($"unit {unit} is nobody's");
            if (_pending[unit] && (_done[unit] || _judged[unit] || _holders[unit] > 0)) throw new BrokenInvariantException($"unit {unit} is pending and taken");
        }
        if (Missing == 0) CheckAll();
    }

    /// <summary>What is counted along the way is counted anew.</summary>
    private void CheckAll()
    {
        var missing = 0;
        Array.Clear(_recount);
        for (var i = 0; i < _shares.Count; i++)
            foreach (var range in _shares.GetValueAtIndex(i).Outstanding)
                for (var unit = range.First; unit < range.End; unit++) _recount[unit]++;
        foreach (var isDone in _done) missing += isDone ? 0 : 1;
        if (missing != Missing) throw new BrokenInvariantException($"{missing} units are missing, counted {Missing}");
        for (var unit = 0; unit < Units; unit++)
            if (_recount[unit] != _holders[unit]) throw new BrokenInvariantException($"unit {unit} is with {_recount[unit]} workers, counted {_holders[unit]}");
    }

    /// <summary>What one worker has of the round.</summary>
    private sealed class Share
    {
        private bool _isUsed;

        public List<ShardRange> Outstanding { get; } = [];

        /// <summary>What it was given last.</summary>
        public List<ShardRange> Given { get; } = [];

        public void Add(ShardRange range)
        {
            Outstanding.Add(range);
            _isUsed = true;
        }

        /// <summary>Begins a round with nothing.</summary>
        /// <returns>Whether the worker had something of the round before: one that had not may be gone.</returns>
        public bool Begin()
        {
            Outstanding.Clear();
            var wasUsed = _isUsed;
            _isUsed = false;
            return wasUsed;
        }

        public int Units
        {
            get
            {
                var units = 0;
                foreach (var range in Outstanding) units += range.Count;
                return units;
            }
        }

        /// <summary>Of the outstanding run that a unit lies in; −1: of none.</summary>
        public int IndexOf(int unit)
        {
            for (var i = 0; i < Outstanding.Count; i++)
                if (Outstanding[i].First <= unit && unit < Outstanding[i].End) return i;
            return -1;
        }
    }
}
