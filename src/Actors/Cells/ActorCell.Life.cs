using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Cells;

/// <summary>Creation, restart and end.</summary>
internal sealed partial class ActorCell
{
    /// <summary>Asks the cell to end after the message it is handling. Only the first request counts.</summary>
    /// <param name="reason">Completes the sentence "actor x has stopped: …".</param>
    public void RequestStop(string reason, Exception? exception)
    {
        lock (_gate)
        {
            if (_stop is not null)
            {
                return;
            }

            _stop = new StopRequest(reason, exception);
        }

        _node.ReleaseName(this);
        ScheduleIfIdle();
    }

    /// <summary>Only for a runner that gives this cell no further turn.</summary>
    public void Abandon(HostException reason) => _stopped.TrySetResult(reason);

    public void AddChild(ActorCell child)
    {
        lock (_gate)
        {
            _children.Add(child);
        }
    }

    /// <summary>A new instance. One that fails to start is a failure like any other: the next turn tries again if supervision allows.</summary>
    private void Create()
    {
        _incarnation++;
        try
        {
            var actor = _create();
            actor.Context = this;
            _actor = actor;
            actor.Started();
        }
        catch (Exception exception)
        {
            Fail(exception, "starting");
        }
    }

    private void Fail(Exception exception, string doing)
    {
        var now = Now;
        while (_restarts.TryPeek(out var earliest) && now - earliest > _supervision.Window)
        {
            _restarts.Dequeue();
        }

        if (_restarts.Count >= _supervision.MaxRestarts)
        {
            Log.LogError(exception, "{Actor} failed {Doing} and is stopped", Name, doing);
            RequestStop($"it failed {doing}: {exception.Message}", exception);
            return;
        }

        Log.LogError(exception, "{Actor} failed {Doing} and is restarted", Name, doing);
        _restarts.Enqueue(now);
        EndIncarnation($"its parent {Name} failed");
    }

    /// <summary>Ends everything that belongs to the present instance and must not reach the next.</summary>
    private void EndIncarnation(string reasonForChildren)
    {
        _sender = null;
        try
        {
            _actor?.Stopped();
        }
        catch (Exception exception)
        {
            Log.LogError(exception, "{Actor} failed in Stopped", Name);
        }

        _actor = null;
        _incarnation++;
        ActorCell[] children;
        lock (_gate)
        {
            children = [.. _children];
            _children.Clear();
        }

        foreach (var child in children)
        {
            child.RequestStop(reasonForChildren, null);
        }

        _timers.CancelAll();
        foreach (var target in _watching)
        {
            ((IWatchable)target).RemoveWatcher(Ref);
        }

        _watching.Clear();
    }

    private void End(StopRequest stop)
    {
        EndIncarnation($"its parent {Name} stopped");
        _work?.Close();
        Envelope[] rest;
        IWatcher[] watchers;
        lock (_gate)
        {
            _dead = true;
            rest = _mailbox.Clear();
            watchers = [.. _watchers];
            _watchers.Clear();
        }

        foreach (var envelope in rest)
        {
            DropDead(envelope);
        }

        foreach (var watcher in watchers)
        {
            watcher.Notify(Ref, Reason(stop));
        }

        _parent?.RemoveChild(this);
        _node.Ended(this);
        _stopped.TrySetResult(stop.Exception);
    }

    private void RemoveChild(ActorCell child)
    {
        lock (_gate)
        {
            _children.Remove(child);
        }
    }

    public void AddWatcher(IWatcher watcher)
    {
        lock (_gate)
        {
            if (!_dead)
            {
                _watchers.Add(watcher);
                return;
            }
        }

        watcher.Notify(Ref, Reason(_stop!));
    }

    public void RemoveWatcher(IWatcher watcher)
    {
        lock (_gate)
        {
            _watchers.Remove(watcher);
        }
    }

    private string Reason(StopRequest stop) => $"Actor {Name} has stopped: {stop.Reason}.";
}
