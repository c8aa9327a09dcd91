namespace Distributed.Actors.Cells;

/// <summary>The timers of one actor by key. Touched in the actor's turns only; what fires comes through the mailbox.</summary>
/// <remarks>A firing that waits in the mailbox counts only if its entry is still the one under its key: so a timer that was
/// cancelled, replaced, or started by an earlier incarnation never reaches the actor.
/// <para>An entry that was to fire once and has, cannot fire any more: it is used again for the next timer, whatever its key.</para></remarks>
internal sealed class CellTimers(ActorCell cell, TimeProvider time)
{
    private readonly Dictionary<string, Entry> _entries = [];
    private Entry? _spent;

    public void Start(string key, TimeSpan delay, object message, bool repeat)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (delay < TimeSpan.Zero || (repeat && delay == TimeSpan.Zero))
        {
            throw new ArgumentOutOfRangeException(
                nameof(delay), delay, $"Timer \"{key}\" needs a delay of 0 or more, above 0 if it repeats.");
        }

        Cancel(key);
        var entry = _spent ?? new Entry(cell);
        _spent = null;
        entry.Set(key, message, repeat);
        _entries[key] = entry;
        var period = repeat ? delay : Timeout.InfiniteTimeSpan;
        if (entry.Timer is { } timer)
        {
            timer.Change(delay, period);
        }
        else
        {
            entry.Timer = time.CreateTimer(static state => ((Entry)state!).Fire(), entry, delay, period);
        }
    }

    public void Cancel(string key)
    {
        if (_entries.Remove(key, out var entry))
        {
            entry.Timer!.Dispose();
        }
    }

    public void CancelAll()
    {
        foreach (var entry in _entries.Values)
        {
            entry.Timer!.Dispose();
        }

        _entries.Clear();
        _spent?.Timer!.Dispose();
        _spent = null;
    }

    /// <summary>Whether this firing still counts; ends the timer if it was to fire once.</summary>
    public bool Take(Entry entry)
    {
        if (!_entries.TryGetValue(entry.Key, out var current) || current != entry)
        {
            return false;
        }

        entry.Taken();
        if (!entry.Repeats)
        {
            _entries.Remove(entry.Key);
            _spent?.Timer!.Dispose();
            _spent = entry;
        }

        return true;
    }

    internal sealed class Entry(ActorCell cell)
    {
        private int _waiting;

        public string Key { get; private set; } = "";

        public object Message { get; private set; } = "";

        public bool Repeats { get; private set; }

        public ITimer? Timer { get; set; }

        public void Set(string key, object message, bool repeats) => (Key, Message, Repeats) = (key, message, repeats);

        /// <summary>At most one firing waits in the mailbox: a slow actor finds one, not a heap of them.</summary>
        public void Fire()
        {
            if (Interlocked.Exchange(ref _waiting, 1) == 0)
            {
                cell.Enqueue(new Envelope(this, null, Incarnation: 0));
            }
        }

        public void Taken() => Volatile.Write(ref _waiting, 0);
    }
}
