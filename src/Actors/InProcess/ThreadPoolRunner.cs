using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Distributed.Actors.Cells;
using Distributed.Actors.Sharing;

namespace Distributed.Actors.InProcess;

/// <summary>Work on a thread of its own, and turns where no thread need be woken for them.</summary>
/// <remarks>A turn runs on
/// <code>
/// the actor's own thread of work                          while that is idle
/// another thread of computing work that is idle           where there are just as many of them as processors: nobody else wants its processor
/// the next of them to post something, or to be idle       likewise, where none is idle and work posted what called for it
/// the thread of work whose turn called for it, after it   where there are at least so many: another would take a processor from work
/// the calling thread when its work has ended,
///   or a thread of the pool, whichever is first           where computing work called for it, and processors are free: a thread of the pool takes long to wake
/// the bell's thread, when it has looked at all rings      where what came from a process of this machine called for it, and the actor's turns are short
/// the thread pool                                         else
/// </code>
/// So of two workers that post their parts of one sum, the one that is ahead takes the turns that add and step: both end at about the same time.
/// Threads count as computing once they have run work that holds chunks: a thread that writes a file now and then is none.</remarks>
internal sealed class ThreadPoolRunner : ICellRunner, IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<ActorCell> _left = new();
    private readonly Splitter _splitter = new();

    // A thread of the pool looks out for what is left. Who leaves something looks at this afterwards; who ends looking out looks at what is left afterwards.
    private bool _looksOut;

    // Replaced, never changed.
    private volatile WorkThread[] _computing = [];

    /// <summary>Another thread would only take a processor from those that compute.</summary>
    public bool IsCrowded => _computing.Length >= Environment.ProcessorCount;

    /// <summary>Each processor is one computing thread's: while it has nothing to do, nor has the processor.</summary>
    public bool IsOneEach => _computing.Length == Environment.ProcessorCount;

    public void Schedule(ActorCell cell)
    {
        if (cell.Work is WorkThread own && (own.Computes || !IsCrowded) && own.TryTurn(cell))
        {
            return;
        }

        if (TryIdle(cell) || WorkThread.Current?.TryTurnAfter(cell) == true)
        {
            return;
        }

        if (cell.HasShortTurns && Bell.Current is { } bell)
        {
            bell.TurnAfter(cell);
        }
        else if (WorkThread.Current is { Computes: true })
        {
            Leave(cell);
            Interlocked.MemoryBarrier();
            if (!Volatile.Read(ref _looksOut))
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(cell, preferLocal: false);
        }
    }

    /// <summary>On a thread of the pool: runs what is left still, and looks out for more for a while, since work mostly posts one part of a sum soon after
    /// another, and to wake a thread for each costs the work's own thread as much as a part of the sum.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        RunLeft();
        if (IsCrowded || Interlocked.Exchange(ref _looksOut, true))
        {
            return; // one is enough
        }

#pragma warning disable RS0030 // What is measured is this thread's own leisure: no actor sees it.
        for (var since = Stopwatch.GetTimestamp(); !IsCrowded && Stopwatch.GetElapsedTime(since) < HostLimits.AwakeAfterTurn;)
        {
            if (TryTakeLeft(out var cell))
            {
                cell.Turn(HostLimits.MessagesPerTurn);
                since = Stopwatch.GetTimestamp();
            }
            else
            {
                Thread.SpinWait(HostLimits.SpinsBetweenLooks);
                Thread.Yield();
            }
        }
#pragma warning restore RS0030
        Interlocked.Exchange(ref _looksOut, false);
        RunLeft(); // what was left before that was seen
    }

    public IWorkQueue CreateWorkQueue(ActorCell cell) => new WorkThread(cell, this);

    public void Split(int parts, Action<int> part)
    {
        if (IsCrowded)
        {
            ICellRunner.OneByOne(parts, part); // each processor computes: a helper would take one from who may be behind
        }
        else
        {
            _splitter.Run(parts, part);
        }
    }

    public void OnThreadComputes(WorkThread thread)
    {
        lock (_gate)
        {
            _computing = [.. _computing, thread];
        }
    }

    public void OnThreadEnds(WorkThread thread)
    {
        lock (_gate)
        {
            _computing = [.. _computing.Where(one => one != thread)];
        }

        while (TryTakeLeft(out var cell))
        {
            ThreadPool.UnsafeQueueUserWorkItem(cell, preferLocal: false);
        }
    }

    /// <summary>Leaves a turn to the first computing thread that has nothing more to do or, with one for each processor, posts something. The calling one
    /// is in work: it does so itself if nobody does before.</summary>
    public void Leave(ActorCell cell) => _left.Enqueue(cell);

    /// <summary>Runs the turns that are left now, on the calling thread, which is in none.</summary>
    public void RunLeft()
    {
        for (var count = _left.Count; count > 0 && TryTakeLeft(out var cell); count--)
        {
            cell.Turn(HostLimits.MessagesPerTurn);
        }
    }

    public bool TryTakeLeft([NotNullWhen(true)] out ActorCell? cell) => _left.TryDequeue(out cell);

    private bool TryIdle(ActorCell cell)
    {
        if (!IsOneEach)
        {
            return false;
        }

        foreach (var thread in _computing)
        {
            if (thread.TryTurn(cell))
            {
                return true;
            }
        }

        return false;
    }
}
