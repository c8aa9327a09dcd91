using System.Threading.Tasks.Sources;

namespace Distributed.Actors.Tcp;

/// <summary>Wakes the one who waits; a signal that finds nobody waits for the next. Allocates nothing.</summary>
/// <remarks>What was written before <see cref="Raise"/> is seen after the return of the wait that it ends: the state is only ever exchanged, so
/// that nothing read after that return can have been read before.</remarks>
internal sealed class Signal : IValueTaskSource
{
    private const int None = 0, Set = 1, Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _core;
    private int _state;

    /// <param name="inline">Who waits goes on at once on the calling thread, and not on another.</param>
    public void Raise(bool inline = false)
    {
        if (Interlocked.Exchange(ref _state, Set) == Waiting)
        {
            _core.RunContinuationsAsynchronously = !inline;
            _core.SetResult(true);
        }
    }

    /// <summary>Returns after the next signal, or at once if one has come since the last return. One waits at a time.</summary>
    public ValueTask WaitAsync()
    {
        _core.Reset();
        return Interlocked.CompareExchange(ref _state, Waiting, None) == None ? new ValueTask(this, _core.Version) : Take();
    }

    void IValueTaskSource.GetResult(short token)
    {
        _core.GetResult(token);
        Interlocked.Exchange(ref _state, None);
    }

    /// <summary>Never done before its continuation is there: who saw it done between two instructions of <see cref="Raise"/> could wait anew, and
    /// the second instruction would end that wait too.</summary>
    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => ValueTaskSourceStatus.Pending;

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private ValueTask Take()
    {
        Interlocked.Exchange(ref _state, None);
        return ValueTask.CompletedTask;
    }
}
