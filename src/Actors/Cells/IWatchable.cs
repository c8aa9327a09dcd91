namespace Distributed.Actors.Cells;

/// <summary>A ref whose end can be watched from a cell of this process.</summary>
internal interface IWatchable
{
    /// <summary>Sends one <see cref="TerminationNotice"/> to the watcher when the actor is gone; at once if it already is.</summary>
    void AddWatcher(LocalRef watcher);

    void RemoveWatcher(LocalRef watcher);
}
