using Distributed.Actors.Sharing;
using Distributed.Actors.Tests.Conformance;
using Distributed.Protocol;

namespace Distributed.Actors.Tests.Tcp;

/// <summary>Two hosts of this process, and what arrives at an actor of the far one.</summary>
internal sealed class SharingPair : IAsyncDisposable
{
    private readonly List<TensorChunk> _received = [];
    private Probe _probe = null!;
    private ActorRef _target = null!;

    private SharingPair(TcpHost near, TcpHost far, ManualTime time) => (Near, Far, Time, Proxy) = (near, far, time, new ValveProxy(far.BoundEndPoint!));

    public TcpHost Near { get; }

    public TcpHost Far { get; }

    public ManualTime Time { get; }

    public ValveProxy Proxy { get; }

    public static async Task<SharingPair> CreateAsync(bool near = true, bool far = true)
    {
        var time = new ManualTime();
        var farHost = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Time = time, SharesMemory = far });
        var pair = new SharingPair(new TcpHost(new TcpHostOptions { Name = "near/2", Time = time, SharesMemory = near }), farHost, time);
        farHost.Spawn("sink", () => new ScriptedActor((self, message) =>
        {
            if (message is TensorChunk chunk)
            {
                lock (pair._received)
                {
                    pair._received.Add(chunk);
                }
            }
            else
            {
                self.Reply(new WeightsHeld());
            }
        }));
        pair._probe = Recorder.Spawn(pair.Near);
        pair._target = pair.Near.Remote(pair.Proxy.EndPoint, "sink");
        await pair.Near.Connect(pair.Proxy.EndPoint).WhenConnected.WaitAsync(Wait.Bound);
        if (near && far && MemoryFile.IsPossible)
        {
            await pair.WhenLending();
            if (Bell.IsPossible) await pair.WhenInRings();
        }

        return pair;
    }

    public Task WhenInRings() => Wait.Until(
        () => Near.OpenConnections.Concat(Far.OpenConnections).Count(one => one is { IsOpen: true, SendsInRing: true, ReadsFromRing: true }) == 2,
        "both send in rings");

    /// <summary>From the far side.</summary>
    public int Answers => _probe.Of<WeightsHeld>().Count;

    public Task WhenLending() => Wait.Until(() => Near.OpenConnections.Any(one => one is { IsOpen: true, Lends: true }), "the far side has seen the memory");

    public void Send(TensorChunk chunk) => _probe.Do(context => context.Tell(_target, chunk));

    /// <summary>Returns when it is told, in a turn of its own.</summary>
    public Task SendAsync(TensorChunk chunk) => DoAsync(context => context.Tell(_target, chunk));

    /// <summary>Returns when it is told, in a turn of its own.</summary>
    public Task SendAheadAsync(TensorChunk chunk) => DoAsync(context => context.TellAhead(_target, chunk));

    /// <summary>More nodes that are in rings with the far one, until what is returned is disposed.</summary>
    public async Task<IAsyncDisposable> JoinAsync(int nodes)
    {
        var others = Enumerable.Range(0, nodes).Select(i => new TcpHost(new TcpHostOptions { Name = $"other/{i}", Time = Time })).ToArray();
        foreach (var other in others) await other.Connect(Far.BoundEndPoint!).WhenConnected.WaitAsync(Wait.Bound);
        await Wait.Until(() => Far.OpenConnections.Count(one => one is { SendsInRing: true, ReadsFromRing: true }) == nodes + 1, "all are in rings");
        return new Nodes(others);
    }

    private async Task DoAsync(Action<IActorContext> action)
    {
        _probe.Do(action);
        for (var turn = 0; turn < 2; turn++)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _probe.Do(_ => done.SetResult());
            await done.Task.WaitAsync(Wait.Bound);
        }
    }

    /// <summary>Has the far side say something.</summary>
    public void Answer() => _probe.Do(context => context.Tell(_target, new Evaluate()));

    /// <summary>What has arrived, when it is so many chunks: without a message behind them, and without a heartbeat, since time stands still.</summary>
    public async Task<TensorChunk[]> Received(int count)
    {
        await Wait.Until(() => Count == count, $"{count} chunks are there");
        lock (_received)
        {
            return [.. _received];
        }
    }

    public int Count
    {
        get
        {
            lock (_received)
            {
                return _received.Count;
            }
        }
    }

    private sealed class Nodes(TcpHost[] hosts) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var host in hosts) await host.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Near.DisposeAsync();
        await Proxy.DisposeAsync();
        await Far.DisposeAsync();
    }
}
