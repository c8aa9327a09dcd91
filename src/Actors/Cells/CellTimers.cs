namespace Distributed.Actors.Cells;

/// <summary>The timers of one actor by key. Touched in the actor's turns only; what fires comes through the mailbox.</summary>
/// <remarks>A firing that waits in the mailbox counts only if its entry is still the one under its key: so a timer that was
/// cancelled, replaced, or started by an earlier incarnation never reaches the actor.</remarks>
internal sealed class CellTimers(ActorCell cell, TimeProvider time)
{
    private readonly Dictionary<string, Entry> _entries = [];

    public void Start(string key, TimeSpan delay, object message, bool repeat)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (delay < TimeSpan.Zero || (repeat && delay == TimeSpan.Zero))
        {
            throw new ArgumentOutOfRangeException(
                nameof(delay), delay, $"Timer \"{key}\" needs a delay of 0 or more, above 0 if it repeats.");
        }

        Cancel(key);
        var entry = new Entry(cell, key, message, repeat);
        _entries[key] = entry;
        entry.Timer = time.CreateTimer(
            static state => ((Entry)state!).Fire(), entry, delay, repeat ? delay : Timeout.InfiniteTimeSpan);
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
    }

    /// <summary>Whether this firing still counts; ends the timer if it was to fire once.</summary>
    public bool Take(Entry entry)
    {
        if (!_entries.TryGetValue(entry.Key, out var current) || current != entry)
        {
            return false;
        }

        if (entry.Repeats)
        {
            entry.Taken();
        }
        else
        {
            Cancel(entry.Key);
        }

        return true;
    }

    internal sealed class Entry(ActorCell cell, string key, object message, bool repeats)
    {
        private int _waiting;

        public string Key => key;

        public object Message => message;

        public bool Repeats => repeats;

        public ITimer? Timer { get; set; }

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
