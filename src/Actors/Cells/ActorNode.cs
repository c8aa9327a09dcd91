using System.Collections.Concurrent;
using Distributed.Actors.Remoting;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Cells;

/// <summary>The actors of one node by name: what every host is built around.</summary>
/// <remarks>A name is taken from Spawn until its actor is told to stop, so a successor can be started at once; the old
/// actor's refs stay with the old actor.</remarks>
internal sealed class ActorNode(ICellRunner runner, TimeProvider time, ILoggerFactory logs)
{
    private readonly ConcurrentDictionary<string, ActorCell> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ActorCell, bool> _alive = [];
    private readonly long _started = time.GetTimestamp();
    private volatile bool _closed;

    public ICellRunner Runner { get; } = runner;

    public TimeProvider Time { get; } = time;

    public DeadLetters DeadLetters { get; } = new(logs.CreateLogger("Distributed.Actors.DeadLetters"));

    /// <summary>What takes frames from other nodes in place of an actor; null: nothing does.</summary>
    public Intake? Intake { get; init; }

    public TimeSpan Now => Time.GetElapsedTime(_started);

    public ILogger CreateLog(string name) => logs.CreateLogger(name);

    public LocalRef Spawn(string name, Func<Actor> create, Supervision? supervision, ActorCell? parent)
    {
        ActorName.Check(name);
        ArgumentNullException.ThrowIfNull(create);
        ObjectDisposedException.ThrowIf(_closed, this);
        var cell = new ActorCell(this, name, create, supervision ?? Supervision.Default, parent);
        if (!_byName.TryAdd(name, cell))
        {
            throw new ArgumentException($"This node already runs an actor named \"{name}\".", nameof(name));
        }

        _alive[cell] = true;
        parent?.AddChild(cell);
        cell.Start();
        if (_closed)
        {
            cell.RequestStop("its host is closing", null);
        }

        return cell.Ref;
    }

    /// <summary>The actor that has the name now.</summary>
    public ActorCell? Find(string name) => _byName.GetValueOrDefault(name);

    public void ReleaseName(ActorCell cell) => _byName.TryRemove(KeyValuePair.Create(cell.Name, cell));

    public void Ended(ActorCell cell) => _alive.TryRemove(cell, out _);

    public static Task<Exception?> WhenStopped(ActorRef actor) => actor is LocalRef local
        ? local.Cell.WhenStopped
        : throw new ArgumentException($"{actor} is not an actor of this process.", nameof(actor));

    /// <summary>A stop asked for from outside of any actor.</summary>
    public static void Stop(ActorRef actor)
    {
        if (actor is not LocalRef local)
        {
            throw new ArgumentException($"{actor} is not an actor of this process.", nameof(actor));
        }

        local.Cell.RequestStop("its host stopped it", null);
    }

    /// <summary>Stops every actor and waits for them up to <see cref="HostLimits.DisposeWait"/>.</summary>
    public async Task CloseAsync(ILogger log)
    {
        try
        {
            await StopAll("its host is closing").WaitAsync(HostLimits.DisposeWait).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            log.LogWarning(
                "Closing goes on although these actors are still busy after {Seconds} s: {Actors}",
                HostLimits.DisposeWait.TotalSeconds,
                string.Join(", ", _alive.Keys.Select(cell => cell.Name)));
        }
    }

    /// <summary>The node is gone without a word: its actors get no turn any more and count as stopped.</summary>
    public void Abandon(string reason)
    {
        _closed = true;
        foreach (var cell in _alive.Keys)
        {
            cell.Abandon(new HostException(reason));
        }
    }

    /// <summary>Tells every actor to stop and refuses new ones. The task completes when all have stopped.</summary>
    public Task StopAll(string reason)
    {
        _closed = true;
        var cells = _alive.Keys.ToArray();
        foreach (var cell in cells)
        {
            cell.RequestStop(reason, null);
        }

        return Task.WhenAll(cells.Select(cell => cell.WhenStopped));
    }
}
