namespace Distributed.Actors.Cells;

/// <summary>Is told of the end of an actor.</summary>
internal interface IWatcher
{
    void Notify(ActorRef actor, string reason);
}

/// <summary>A ref whose end can be watched.</summary>
internal interface IWatchable
{
    /// <summary>Notifies the watcher once when the actor is gone; at once if it already is.</summary>
    void AddWatcher(IWatcher watcher);

    void RemoveWatcher(IWatcher watcher);
}
