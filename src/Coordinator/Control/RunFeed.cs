using System.Threading.Channels;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Running;
using Distributed.Protocol.Control;
using ProgressMessage = Distributed.Protocol.Control.Progress;

namespace Distributed.Coordinator.Control;

/// <summary>What happens to a run, for each who watches it: in order, without gaps, and without the run ever waiting for a watcher.</summary>
internal sealed class RunFeed : IRunObserver
{
    /// <summary>Messages that wait for one watcher at most; who takes them more slowly is left out, and told so.</summary>
    public const int MaxWaiting = 1024;

    private readonly Lock _lock = new();
    private readonly List<Channel<ProgressMessage>> _watchers = [];
    private ProgressMessage? _last;

    /// <summary>How the run ended; null: it has not.</summary>
    public RunEnded? End
    {
        get
        {
            lock (_lock) return _last?.RunEnded;
        }
    }

    public void On(RunEvent happened)
    {
        if (Message(happened) is { } message) Publish(message);
    }

    /// <summary>Statuses tell of steps: there may be thousands a second.</summary>
    public void OnStep(long step, int epoch, int batch, double loss, double trainSeconds, long samples)
    {
    }

    /// <summary>The last message of all.</summary>
    public void EndWith(RunEnded end) => Publish(new ProgressMessage { RunEnded = end });

    /// <summary>What happens from now on; of a run that has ended, its last message.</summary>
    public Subscription Watch()
    {
        var watcher = Channel.CreateBounded<ProgressMessage>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
        lock (_lock)
        {
            if (_last is not null) Last(watcher, _last);
            else _watchers.Add(watcher);
        }
        return new Subscription(this, watcher);
    }

    private void Publish(ProgressMessage message)
    {
        lock (_lock)
        {
            if (_last is not null) return;
            foreach (var watcher in _watchers)
                if (!watcher.Writer.TryWrite(message)) watcher.Writer.TryComplete(new GrpcException(GrpcStatus.ResourceExhausted,
                    $"{MaxWaiting} messages wait for this client, which takes them too slowly"));
            if (message.WhatCase != ProgressMessage.WhatOneofCase.RunEnded) return;
            _last = message;
            foreach (var watcher in _watchers) watcher.Writer.TryComplete();
            _watchers.Clear();
        }
    }

    private static void Last(Channel<ProgressMessage> watcher, ProgressMessage message)
    {
        watcher.Writer.TryWrite(message);
        watcher.Writer.TryComplete();
    }

    private static ProgressMessage? Message(RunEvent happened) => happened switch
    {
        RunEvent.EpochEnded epoch => new ProgressMessage { EpochEnded = ControlMessages.Of(epoch.Result) },
        RunEvent.WorkerJoined joined => new ProgressMessage
        {
            WorkerJoined = new WorkerJoined { Number = (uint)joined.Worker, Name = joined.Name, Workers = (uint)joined.Alive },
        },
        RunEvent.WorkerLost lost => new ProgressMessage
        {
            WorkerLost = new WorkerLost
            {
                Number = (uint)lost.Worker,
                Name = lost.Name,
                Reason = lost.Reason,
                Moved = (uint)lost.Moved,
                Workers = (uint)lost.Alive,
            },
        },
        RunEvent.CheckpointWritten written => new ProgressMessage { CheckpointWritten = new CheckpointWritten { Path = written.Path, Step = (ulong)written.Step } },
        RunEvent.RateSet set => new ProgressMessage { RateChanged = ControlMessages.Of(set.Change) },
        _ when RunSentences.Of(happened) is { } note =>
            new ProgressMessage { Notice = new Notice { IsWarning = note.Kind == NoteKind.Warning, Text = note.Line } },
        _ => null,
    };

    /// <summary>One watcher's.</summary>
    internal sealed class Subscription(RunFeed feed, Channel<ProgressMessage> watcher) : IDisposable
    {
        /// <summary>Completes after the run's last message; with a <see cref="GrpcException"/> where it was read too slowly.</summary>
        public ChannelReader<ProgressMessage> Messages => watcher.Reader;

        public void Dispose()
        {
            lock (feed._lock) feed._watchers.Remove(watcher);
        }
    }
}
