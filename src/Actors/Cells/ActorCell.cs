using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Cells;

/// <summary>One actor's life: its mailbox, turns, restarts, children, watchers, timers and work. The same in every host.</summary>
/// <remarks>
/// Two kinds of state. Guarded by <c>_gate</c> and reachable from any thread: the mailbox, watchers, children, and whether a stop is
/// asked for. Touched in turns only, of which one runs at a time: the actor itself, its timers, what it watches.
/// A restart ends the old incarnation's children, timers, watches and work; the mailbox and the actor's own watchers stay.
/// </remarks>
internal sealed partial class ActorCell : IActorContext, IThreadPoolWorkItem
{
    [ThreadStatic]
    private static ActorCell? s_current;

    private readonly Lock _gate = new();
    private readonly ActorNode _node;
    private readonly Func<Actor> _create;
    private readonly Supervision _supervision;
    private readonly ActorCell? _parent;
    private readonly TaskCompletionSource<Exception?> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by _gate.
    private readonly Mailbox _mailbox = new();
    private readonly HashSet<IWatcher> _watchers = [];
    private readonly HashSet<ActorCell> _children = [];
    private StopRequest? _stop;
    private bool _scheduled;
    private bool _promised; // a turn when the work that runs has ended, unless one comes before; not while scheduled
    private bool _dead;

    // Touched in turns only; the actor, the incarnation and the queue of work are also read elsewhere.
    private readonly CellTimers _timers;
    private readonly HashSet<ActorRef> _watching = [];
    private readonly Queue<TimeSpan> _restarts = new();
    private volatile Actor? _actor;
    private ActorRef? _sender;
    private volatile IWorkQueue? _work;
    private volatile int _incarnation;
    private Poster? _poster; // of the work that runs or ran last

    public ActorCell(ActorNode node, string name, Func<Actor> create, Supervision supervision, ActorCell? parent)
    {
        (_node, Name, _create, _supervision, _parent) = (node, name, create, supervision, parent);
        Ref = new LocalRef(this);
        Log = node.CreateLog(name);
        _timers = new CellTimers(this, node.Time);
    }

    /// <summary>Whether the calling thread is in the turn of an actor.</summary>
    public static bool IsThreadInTurn => s_current is not null;

    /// <summary>See <see cref="Actor.HasShortTurns"/>; false where there is no actor yet, or none after a failure: making one may take long.</summary>
    public bool HasShortTurns => _actor is { HasShortTurns: true };

    public string Name { get; }

    public ActorNode Node => _node;

    public LocalRef Ref { get; }

    /// <summary>Where its work runs; null: it has given none.</summary>
    public IWorkQueue? Work => _work;

    public Task<Exception?> WhenStopped => _stopped.Task;

    /// <summary>What waits in the mailbox.</summary>
    public (int Messages, long Bytes) Waiting
    {
        get
        {
            lock (_gate)
            {
                return (_mailbox.Count, _mailbox.Bytes);
            }
        }
    }

    /// <summary>Schedules the turn that creates the actor.</summary>
    public void Start() => ScheduleIfIdle();

    public void Enqueue(in Envelope envelope)
    {
        if (Add(envelope, mayWait: envelope.Message is TensorChunk))
        {
            _node.Runner.Schedule(this);
        }
    }

    /// <summary>As <see cref="Enqueue"/>, and where the actor is idle its turn is taken by the calling thread, which must not be in a turn.</summary>
    public void EnqueueAndTurn(in Envelope envelope)
    {
        if (Add(envelope, mayWait: false))
        {
            Turn(HostLimits.MessagesPerTurn);
        }
    }

    /// <summary>Takes the turn for what waited for the work that has just ended; on the thread of the work.</summary>
    public void TurnIfPromised()
    {
        lock (_gate)
        {
            if (!_promised || _dead)
            {
                return;
            }

            (_promised, _scheduled) = (false, true);
        }

        Turn(HostLimits.MessagesPerTurn);
    }

    /// <param name="mayWait">For work that holds chunks.</param>
    /// <returns>Whether a turn is to be scheduled for it.</returns>
    private bool Add(in Envelope envelope, bool mayWait)
    {
        bool dead, schedule = false;
        lock (_gate)
        {
            dead = _dead;
            if (!dead)
            {
                _mailbox.Add(envelope);
                if (mayWait && !_scheduled && _work is { HoldsChunks: true })
                {
                    _promised = true;
                }
                else
                {
                    schedule = !_scheduled;
                    (_scheduled, _promised) = (true, false);
                }
            }
        }

        if (dead)
        {
            DropDead(envelope);
        }

        return schedule;
    }

    /// <summary>Completes when reading from the network for this actor may go on.</summary>
    public Task WhenDrained()
    {
        lock (_gate)
        {
            return _dead ? Task.CompletedTask : _mailbox.WhenDrained();
        }
    }

    void IThreadPoolWorkItem.Execute() => Turn(HostLimits.MessagesPerTurn);

    /// <summary>Handles up to <paramref name="messages"/> messages (creating the actor counts as one); ends the actor when that is asked for.</summary>
    public void Turn(int messages)
    {
        s_current = this;
        try
        {
            while (_stop is null && messages-- > 0)
            {
                if (_actor is null)
                {
                    Create();
                }
                else if (TryTake(out var envelope))
                {
                    Handle(envelope);
                }
                else
                {
                    break;
                }
            }

            if (_stop is not null)
            {
                End(_stop);
                return;
            }
        }
        finally
        {
            s_current = null;
            TurnEnd.Finish();
        }

        lock (_gate)
        {
            if (_mailbox.Count == 0 && _actor is not null && _stop is null)
            {
                _scheduled = false;
                return;
            }
        }

        _node.Runner.Schedule(this);
    }

    private bool TryTake(out Envelope envelope)
    {
        lock (_gate)
        {
            return _mailbox.TryTake(out envelope);
        }
    }

    private void Handle(in Envelope envelope)
    {
        var message = envelope.Message;
        switch (message)
        {
            case CellTimers.Entry entry:
                if (!_timers.Take(entry))
                {
                    return;
                }

                message = entry.Message;
                break;
            case TerminationNotice notice:
                if (!_watching.Remove(notice.Terminated.Actor))
                {
                    return;
                }

                message = notice.Terminated;
                break;
            default:
                if (envelope.Incarnation != 0 && envelope.Incarnation != _incarnation)
                {
                    _node.DeadLetters.Drop(Name, message, "it is from work of an earlier incarnation");
                    return;
                }

                break;
        }

        _sender = envelope.Sender;
        try
        {
            _actor!.Receive(message);
        }
        catch (Exception exception)
        {
            Fail(exception, $"handling {message.GetType().Name}");
        }
        finally
        {
            _sender = null;
        }
    }

    private void DropDead(in Envelope envelope)
    {
        if (envelope.Message is not (CellTimers.Entry or TerminationNotice))
        {
            _node.DeadLetters.Drop(Name, envelope.Message, "the actor has stopped");
        }
    }

    private void ScheduleIfIdle()
    {
        lock (_gate)
        {
            if (_scheduled || _dead)
            {
                return;
            }

            (_scheduled, _promised) = (true, false);
        }

        _node.Runner.Schedule(this);
    }

    private sealed record StopRequest(string Reason, Exception? Exception);
}
