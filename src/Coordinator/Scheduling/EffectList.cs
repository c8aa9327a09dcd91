using System.Collections;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Scheduling;

/// <summary>What the <see cref="Schedule"/> answers to one input, in order. The effects of every step are used again for the next input.</summary>
internal sealed class EffectList : IReadOnlyList<Effect>
{
    private readonly List<Effect> _effects = [];
    private readonly Kept<Effect.Assign> _assigns = new();
    private readonly Kept<Effect.Commit> _commits = new();
    private readonly Kept<Effect.WakeAt> _wakes = new();

    public int Count => _effects.Count;

    public Effect this[int index] => _effects[index];

    public void Clear()
    {
        _effects.Clear();
        _assigns.Clear();
        _commits.Clear();
        _wakes.Clear();
    }

    public void Add(Effect effect) => _effects.Add(effect);

    public void Assign(int worker, long step, IReadOnlyList<ShardRange> ranges, bool isAudit)
    {
        var assign = _assigns.Next();
        assign.Set(worker, step, ranges, isAudit);
        Add(assign);
    }

    public void Commit(long step)
    {
        var commit = _commits.Next();
        commit.Step = step;
        Add(commit);
    }

    public void WakeAt(TimeSpan time)
    {
        var wake = _wakes.Next();
        wake.Time = time;
        Add(wake);
    }

    public IEnumerator<Effect> GetEnumerator() => _effects.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>As many effects of one kind as an input has ever had.</summary>
    private sealed class Kept<T>
        where T : Effect, new()
    {
        private readonly List<T> _all = [];
        private int _used;

        public T Next()
        {
            if (_used == _all.Count) _all.Add(new T());
            return _all[_used++];
        }

        public void Clear() => _used = 0;
    }
}
