using System.Runtime.ExceptionServices;
using Distributed.Actors.Cells;

namespace Distributed.Actors.InProcess;

/// <summary>Runs the parts of something on the calling thread and on those threads of the pool that come in time.</summary>
/// <remarks><code>
/// the caller                               threads of the pool
///   says what is to be done, asks            come: is there something to be done? then each says that it helps
///   takes parts, one after another           take parts, one after another
///   says that nothing is to be done          say that they no longer help
///   waits while it is helped
/// </code>
/// So the caller waits for parts that are begun and for none that is not: a thread of the pool that comes late costs nothing. Nothing is allocated.
/// <para>One caller at a time is helped; another one meanwhile does all by itself.</para></remarks>
internal sealed class Splitter : IThreadPoolWorkItem
{
    private readonly object _gate = new();
    private int _isTaken;

    // Guarded by the gate.
    private Action<int>? _part; // null: nothing is to be done
    private int _helpers;

    // Written before the part is there.
    private int _parts;
    private int _next;

    // Written by who fails; read when nobody helps any more.
    private ExceptionDispatchInfo? _failure;

    /// <summary>See <see cref="IActorContext.Split"/>.</summary>
    public void Run(int parts, Action<int> part)
    {
        var helpers = Math.Min(parts, Environment.ProcessorCount) - 1;
        if (helpers < 1 || Interlocked.Exchange(ref _isTaken, 1) != 0)
        {
            ICellRunner.OneByOne(parts, part);
            return;
        }

        lock (_gate)
        {
            (_parts, _next, _part) = (parts, 0, part);
        }

        for (var i = 0; i < helpers; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        TakeParts(part);
        lock (_gate)
        {
            _part = null;
            while (_helpers > 0)
            {
                Monitor.Wait(_gate);
            }
        }

        var failure = _failure;
        _failure = null;
        Volatile.Write(ref _isTaken, 0);
        failure?.Throw();
    }

    /// <summary>On a thread of the pool.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        Action<int>? part;
        lock (_gate)
        {
            part = _part;
            if (part is null)
            {
                return;
            }

            _helpers++;
        }

        TakeParts(part);
        lock (_gate)
        {
            if (--_helpers == 0)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    private void TakeParts(Action<int> part)
    {
        try
        {
            for (int i; (i = Interlocked.Increment(ref _next) - 1) < _parts;)
            {
                part(i);
            }
        }
        catch (Exception exception)
        {
            Interlocked.Exchange(ref _next, _parts);
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
        }
    }
}
