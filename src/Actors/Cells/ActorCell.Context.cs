using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Cells;

/// <summary>What the actor sees.</summary>
internal sealed partial class ActorCell
{
    public ActorRef Self => Ref;

    public ActorRef? Sender => _sender;

    public TimeSpan Now => _node.Now;

    public ILogger Log { get; }

    public void Tell(ActorRef target, object message) => target.Tell(message, Ref);

    public void TellAhead(ActorRef target, object message) => target.TellAhead(message, Ref);

    public bool HasMore
    {
        get
        {
            lock (_gate)
            {
                return _mailbox.Count > 0;
            }
        }
    }

    public void Split(int parts, Action<int> part)
    {
        CheckTurn();
        _node.Runner.Split(parts, part);
    }

    public void Watch(ActorRef target)
    {
        CheckTurn();
        if (target is not IWatchable watchable || target == Ref)
        {
            throw new ArgumentException($"{Name} cannot watch {target}: it watches other actors of this host's kind.", nameof(target));
        }

        if (_watching.Add(target))
        {
            watchable.AddWatcher(Ref);
        }
    }

    public void Unwatch(ActorRef target)
    {
        CheckTurn();
        if (_watching.Remove(target))
        {
            ((IWatchable)target).RemoveWatcher(Ref);
        }
    }

    public ActorRef Spawn(string name, Func<Actor> create, Supervision? supervision = null)
    {
        CheckTurn();
        return _node.Spawn(name, create, supervision, this);
    }

    public void Stop(ActorRef actor)
    {
        CheckTurn();
        if (actor is not LocalRef local || local.Cell._node != _node)
        {
            throw new ArgumentException($"{Name} cannot stop {actor}: it is not an actor of this node.", nameof(actor));
        }

        local.Cell.RequestStop(local.Cell == this ? "it stopped itself" : $"{Name} stopped it", null);
    }

    public void StartTimer(string key, TimeSpan delay, object message, bool repeat = false)
    {
        CheckTurn();
        _timers.Start(key, delay, message, repeat);
    }

    public void CancelTimer(string key)
    {
        CheckTurn();
        _timers.Cancel(key);
    }

    public void Run(string name, Action<Action<object>> work) => Run(new NamedWork(name, work));

    public void Run(IWork work)
    {
        CheckTurn();
        _work ??= _node.Runner.CreateWorkQueue(this);
        _work.Add(new WorkItem(work, _incarnation));
    }

    /// <summary>Runs work on the calling thread. What it posts, and its failure, goes through <paramref name="deliver"/>.</summary>
    public void Execute(in WorkItem item, Action<Envelope> deliver)
    {
        if (item.Incarnation != _incarnation)
        {
            Log.LogDebug("Work {Work} of {Actor} is not begun: it was given by an earlier incarnation", item.Work.Name, Name);
            return;
        }

        if (_poster?.IsOf(item.Incarnation, deliver) != true)
        {
            _poster = new Poster(item.Incarnation, deliver);
        }

        try
        {
            item.Work.Run(_poster.Post);
        }
        catch (Exception exception)
        {
            deliver(new Envelope(new WorkFaulted(item.Work.Name, exception), null, item.Incarnation));
        }
    }

    private void CheckTurn([CallerMemberName] string member = "")
    {
        if (s_current != this)
        {
            throw new InvalidOperationException(
                $"{member} of {Name}'s context was called outside of its Receive, Started and Stopped; work posts a message instead.");
        }
    }
}
