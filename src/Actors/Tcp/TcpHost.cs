using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Distributed.Actors.Cells;
using Distributed.Actors.InProcess;
using Distributed.Actors.Remoting;
using Distributed.Actors.Sharing;
using Distributed.Actors.Tcp;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors;

/// <summary>Runs actors in this process, as <see cref="InProcessHost"/> does, and joins them with those of other processes over TCP.</summary>
/// <remarks>
/// A node listens, dials others, or both; a connection serves both ways. A ref that came with a message (its sender) is bound to
/// the connection it came over and dead when that is lost; a ref by <see cref="Remote"/> leads to whatever connection there is.
/// Two refs by different ways to one actor are not equal.
/// </remarks>
public sealed class TcpHost : IActorHost, IAsyncDisposable
{
    private readonly ActorNode _node;
    private readonly ILogger _log;
    private readonly NodeIdentity _identity;
    private readonly TcpHostOptions _options;
    private readonly ConcurrentDictionary<EndPoint, Lazy<NodeLink>> _links = [];
    private readonly ConcurrentDictionary<Connection, Task> _connections = [];
    private readonly ConcurrentDictionary<string, IChunkDestination> _destinations = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closing = new();
    private readonly Bell? _bell;
    private Listener? _listener;
    private long _bytesSent;
    private long _bytesReceived;

    public TcpHost(TcpHostOptions? options = null)
    {
        _options = options ?? new TcpHostOptions();
        _log = _options.Logs.CreateLogger("Distributed.Actors.TcpHost");
        _identity = new NodeIdentity(_options.Name);
        _node = new ActorNode(new ThreadPoolRunner(), _options.Time, _options.Logs) { Intake = _options.Intake };
        Owner = new ConnectionOwner(this);
        Memory = _options.SharesMemory && MemoryFile.IsPossible ? new SharedVectors(_log) : OwnMemory.Instance;
        _bell = _options.SharesMemory ? MakeBell() : null;
    }

    public string Name => _identity.Name;

    /// <summary>Where it listens; with the port that was found if 0 was asked for. Null: nowhere.</summary>
    public IPEndPoint? BoundEndPoint => _listener?.EndPoint;

    /// <summary>Bytes of frames sent over all connections since the start.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    public long BytesReceived => Interlocked.Read(ref _bytesReceived);

    /// <summary>Where vectors should lie whose chunks go to other nodes: those on this machine then read them where they are.</summary>
    public IVectorMemory Memory { get; }

    /// <summary>Messages that nobody handled, since the start.</summary>
    public long DeadLetters => _node.DeadLetters.Count;

    /// <summary>The open connections, for displays and tests.</summary>
    public IReadOnlyList<ConnectionInfo> Connections => [.. _connections.Keys.Select(ConnectionInfo.Of)];

    internal IEnumerable<Connection> OpenConnections => _connections.Keys;

    internal TimeProvider Time => _options.Time;

    internal IConnectionOwner Owner { get; }

    public ActorRef Spawn(string name, Func<Actor> create, Supervision? supervision = null) =>
        _node.Spawn(name, create, supervision, parent: null);

    public Task<Exception?> WhenStopped(ActorRef actor) => ActorNode.WhenStopped(actor);

    /// <summary>Asks an actor of this host to stop after the message it is handling.</summary>
    public void Stop(ActorRef actor) => ActorNode.Stop(actor);

    /// <summary>The actor of this node that has this name now; null if none has.</summary>
    public ActorRef? Find(string name) => _node.Find(name)?.Ref;

    /// <summary>Where chunks for the actor of this name are written from now on.</summary>
    public void RegisterDestination(string actor, IChunkDestination destination) => _destinations[actor] = destination;

    /// <summary>Accepts connections.</summary>
    /// <param name="endPoint">Port 0: any that is free, see <see cref="BoundEndPoint"/>.</param>
    /// <exception cref="HostException">It cannot listen there, or must not: without a secret or certificates only this machine may connect.</exception>
    public Task ListenAsync(IPEndPoint endPoint)
    {
        if (_listener is not null)
        {
            throw new InvalidOperationException($"{Name} listens already, on {BoundEndPoint}.");
        }

        if (!IPAddress.IsLoopback(endPoint.Address) && !_options.AsksWhoJoins)
        {
            throw new HostException(
                $"On {endPoint} other machines could connect, and anyone who reaches it could join. Give both sides a shared secret " +
                $"(--secret-file FILE or {SharedSecret.Variable}) or certificates (--tls-cert, --tls-key and --tls-ca), or listen on 127.0.0.1.");
        }

        _listener = Listener.Bind(endPoint, Time, _log, Accept, _closing.Token);
        _log.LogInformation("{Node} listens on {EndPoint}", Name, BoundEndPoint);
        return Task.CompletedTask;
    }

    /// <summary>Starts to dial a node, if that isn't done already. Returns at once.</summary>
    /// <param name="endPoint">An address, or a host name and port.</param>
    public NodeLink Connect(EndPoint endPoint)
    {
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
        return _links.GetOrAdd(endPoint, key => new Lazy<NodeLink>(() => new NodeLink(this, key, _log))).Value;
    }

    /// <summary>An actor of the node at <paramref name="endPoint"/>, which is dialled if it isn't yet. The ref outlives connections.</summary>
    /// <remarks>A message told while there is no connection is dropped; who watches then is told <see cref="Terminated"/> at once.</remarks>
    public ActorRef Remote(EndPoint endPoint, string actor)
    {
        ActorName.Check(actor);
        return new LinkRef(Connect(endPoint), actor);
    }

    /// <summary>Stops the actors, says Goodbye to every peer behind what is still queued for it, and closes; each in bounded time.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
        {
            return;
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        if (_listener is not null)
        {
            await _listener.DisposeAsync().ConfigureAwait(false);
        }

        await _node.CloseAsync(_log).ConfigureAwait(false);
        var links = _links.Values.Select(link => link.Value).ToArray();
        foreach (var link in links)
        {
            link.Stop();
        }

        var open = _connections.ToArray();
        foreach (var (connection, _) in open)
        {
            connection.BeginClose($"{Name} is closing.");
        }

        var ended = Task.WhenAll(open.Select(entry => entry.Value).Concat(links.Select(link => link.Ended)));
        try
        {
            await ended.WaitAsync(HostLimits.GoodbyeWait).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            foreach (var connection in _connections.Keys)
            {
                connection.Close($"{Name} is closing, and the peer has not taken its goodbye in time.");
            }

            await ended.ConfigureAwait(false);
        }

        _bell?.Close();
    }

    private Bell? MakeBell()
    {
        if (!Bell.IsPossible)
        {
            return null;
        }

        try
        {
            return new Bell(_identity.Id, bringsMessages: _options.Intake is null);
        }
        catch (IOException exception)
        {
            _log.LogDebug("Nobody on this machine can ring here: {Reason}", exception.Message);
            return null;
        }
    }

    internal double Jitter(int attempt) => _identity.Jitter(attempt);

    internal void DropUnconnected(string path, object message, EndPoint endPoint) =>
        _node.DeadLetters.Drop(path, message, $"there is no connection to {endPoint}");

    internal static async Task<Socket> DialAsync(EndPoint endPoint, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancel).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Runs a connection to its end and keeps count of it.</summary>
    internal async Task RunConnectionAsync(Connection connection)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = ended.Task;
        try
        {
            if (_closing.IsCancellationRequested)
            {
                connection.Close($"{Name} is closing.");
            }

            await connection.RunAsync().ConfigureAwait(false);
            if (connection.IsEstablished)
            {
                _log.LogInformation("{Node} has lost {Peer}: {Reason}", Name, connection.PeerName, connection.CloseReason);
            }
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            ended.SetResult();
        }
    }

    /// <summary>Takes a connection that came in, or turns it away; the task ends with it.</summary>
    private async Task Accept(Socket socket)
    {
        var inbound = _connections.Keys.Where(connection => connection.Link is null).ToArray();
        if (inbound.Length >= _options.MaxInboundConnections
            || inbound.Count(connection => !connection.IsEstablished) >= HostLimits.MaxUnfinishedHandshakes)
        {
            Owner.StrangerLog.Tell(
                $"A connection from {Connection.AddressOf(socket)} is turned away: {inbound.Length} are open and at most " +
                $"{_options.MaxInboundConnections} may be, {HostLimits.MaxUnfinishedHandshakes} of them before their handshake is done.");
            socket.Dispose();
            return;
        }

        await RunConnectionAsync(new Connection(Owner, socket, link: null)).ConfigureAwait(false);
    }

    private sealed class ConnectionOwner(TcpHost host) : IConnectionOwner
    {
        public ActorNode Node => host._node;

        public NodeIdentity Identity => host._identity;

        public TcpHostOptions Options => host._options;

        public Bell? Bell => host._bell;

        public ILogger ConnectionLog => host._log;

        public RateLimitedLog StrangerLog { get; } = new(host._log, host.Time);

        public RateLimitedLog DeadLetterLog { get; } = new(host._log, host.Time, LogLevel.Information);

        public IChunkDestination DestinationFor(string actor) => host._destinations.GetValueOrDefault(actor, host._options.Destination);

        public void CountSent(long bytes) => Interlocked.Add(ref host._bytesSent, bytes);

        public void CountReceived(long bytes) => Interlocked.Add(ref host._bytesReceived, bytes);

        public void Established(Connection connection)
        {
            host._log.LogInformation("{Node} is connected with {Peer} at {Address}", host.Name, connection.PeerName, connection.Address);
            connection.Link?.OnEstablished();
        }
    }
}
