using Distributed.Actors.Cells;

namespace Distributed.Actors.Remoting;

/// <summary>Death watch over one connection: who here watches actors there, and which actors here are watched from there.</summary>
internal sealed class Watches
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<(IWatcher Watcher, ActorRef Reported)>> _there = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ActorCell Cell, IWatcher Watcher)> _here = new(StringComparer.Ordinal);
    private string? _closed;

    /// <returns>Whether the peer must be asked to watch: nobody has watched this actor before.</returns>
    public bool Add(string name, IWatcher watcher, ActorRef reported)
    {
        lock (_gate)
        {
            if (_closed is null)
            {
                if (!_there.TryGetValue(name, out var watchers))
                {
                    _there[name] = watchers = [];
                }

                watchers.Add((watcher, reported));
                return watchers.Count == 1;
            }
        }

        watcher.Notify(reported, _closed);
        return false;
    }

    public void Remove(string name, IWatcher watcher, ActorRef reported)
    {
        lock (_gate)
        {
            if (_there.TryGetValue(name, out var watchers) && watchers.Remove((watcher, reported)) && watchers.Count == 0)
            {
                _there.Remove(name);
            }
        }
    }

    /// <summary>The peer says that its actor has stopped.</summary>
    public void Stopped(string name, string reason)
    {
        HashSet<(IWatcher Watcher, ActorRef Reported)>? watchers;
        lock (_gate)
        {
            _there.Remove(name, out watchers);
        }

        foreach (var (watcher, reported) in watchers ?? [])
        {
            watcher.Notify(reported, reason);
        }
    }

    /// <summary>The peer asks to be told of the end of an actor here.</summary>
    public void AddHere(ActorCell cell, IWatcher watcher)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                return;
            }

            if (_here.Remove(cell.Name, out var former))
            {
                former.Cell.RemoveWatcher(former.Watcher);
            }

            _here[cell.Name] = (cell, watcher);
        }

        cell.AddWatcher(watcher);
    }

    public void RemoveHere(string name, IWatcher watcher)
    {
        lock (_gate)
        {
            if (_here.TryGetValue(name, out var entry) && entry.Watcher == watcher)
            {
                _here.Remove(name);
            }
        }
    }

    /// <summary>The connection is lost: everyone here who watches an actor there is told so.</summary>
    public void Close(string reason)
    {
        (IWatcher Watcher, ActorRef Reported)[] there;
        (ActorCell Cell, IWatcher Watcher)[] here;
        lock (_gate)
        {
            _closed = reason;
            there = [.. _there.Values.SelectMany(watchers => watchers)];
            here = [.. _here.Values];
            _there.Clear();
            _here.Clear();
        }

        foreach (var (watcher, reported) in there)
        {
            watcher.Notify(reported, reason);
        }

        foreach (var (cell, watcher) in here)
        {
            cell.RemoveWatcher(watcher);
        }
    }
}
