using System.Net.Sockets;
using System.Security.Authentication;
using Distributed.Actors.Remoting;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Tcp;

/// <summary>One connection to another node, from either side: handshake, frames both ways, heartbeats, death watch, the end.</summary>
/// <remarks>
/// States: <b>new</b> until the <see cref="Handshake"/> is done, within <see cref="TcpHostOptions.HandshakeTimeout"/> and with frames of at most
/// <see cref="FrameLimits.MaxHandshakeFrameBytes"/>; then <b>established</b>; <b>closing</b> once our Goodbye is queued: what is queued still
/// goes out, what comes in is dropped, until the peer closes or <see cref="HostLimits.GoodbyeWait"/> is over; <b>closed</b>, with a reason, once
/// and for all. A connection that closes, for whatever reason, tells all watchers.
/// </remarks>
internal sealed partial class Connection : IFrameChannel
{
    private readonly IConnectionOwner _owner;
    private readonly Socket _socket;
    private readonly ILogger _log;
    private readonly OutboundQueue _queue;
    private readonly Handshake _handshake;
    private Stream _stream;
    private readonly CancellationTokenSource _closed = new();
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private string? _closeReason;
    private bool _closing;
    private ITimer? _handshakeTimer;
    private ITimer? _heartbeatTimer;
    private ITimer? _goodbyeTimer;

    /// <param name="link">The dialling side's; null on the side that was dialled.</param>
    public Connection(IConnectionOwner owner, Socket socket, NodeLink? link)
    {
        Link = link;
        (_owner, _socket, _stream) = (owner, socket, new NetworkStream(socket, ownsSocket: false));
        _log = owner.ConnectionLog;
        _queue = new OutboundQueue(owner.Options.OutboundQueueBytes);
        _handshake = new Handshake(owner.Identity, owner.Options.Secret, dials: link is not null);
        Traffic = new ActorTraffic(owner.Node, owner.Identity.Name, this, _log, owner.DeadLetterLog);
        Address = link?.Address ?? AddressOf(socket);
    }

    public ActorTraffic Traffic { get; }

    /// <summary>Where the other end is, for logs.</summary>
    public string Address { get; }

    /// <summary>What the peer calls itself, after its Hello.</summary>
    public string PeerName { get; private set; } = "?";

    /// <summary>The dialling side's link; null on the side that was dialled.</summary>
    public NodeLink? Link { get; }

    public bool IsEstablished { get; private set; }

    /// <summary>Established and not closed.</summary>
    public bool IsOpen => IsEstablished && _closeReason is null;

    /// <summary>A sentence of the peer's or ours that says why connecting again is of no use; null: it may be.</summary>
    public string? Refusal { get; private set; }

    public string CloseReason => _closeReason ?? "";

    private TimeProvider Time => _owner.Node.Time;

    /// <summary>Runs until the connection is closed and everything of it has ended.</summary>
    public async Task RunAsync()
    {
        lock (_gate)
        {
            _handshakeTimer = _closeReason is not null ? null : Time.CreateTimer(
                static state => ((Connection)state!).OnHandshakeTimeout(), this, _owner.Options.HandshakeTimeout, Timeout.InfiniteTimeSpan);
        }

        try
        {
            if (await SecureAsync().ConfigureAwait(false))
            {
                await Task.WhenAll(Guarded(SendAsync), Guarded(ReceiveAsync)).ConfigureAwait(false);
                await _socketWatch.ConfigureAwait(false);
            }
        }
        finally
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
            _socket.Dispose();
            EndSharing();
        }
    }

    /// <summary>Says Goodbye after everything that is queued, and closes when the peer has heard it or <see cref="HostLimits.GoodbyeWait"/> is over.</summary>
    public void BeginClose(string reason, bool refused = false)
    {
        lock (_gate)
        {
            if (_closing || _closeReason is not null)
            {
                return;
            }

            _closing = true;
            _goodbyeTimer = Time.CreateTimer(
                state => ((Connection)state!).Close(reason), this, HostLimits.GoodbyeWait, Timeout.InfiniteTimeSpan);
        }

        var goodbye = MessageTable.Prepare(new Goodbye { Reason = reason, Refused = refused });
        if (_queue.Add(new OutboundFrame("", "", goodbye), last: true) == OutboundQueue.Added.TooMuch)
        {
            Close(reason);
        }
    }

    /// <summary>Closes at once. Only the first reason counts.</summary>
    /// <param name="reason">A sentence.</param>
    public void Close(string reason)
    {
        lock (_gate)
        {
            if (_closeReason is not null)
            {
                return;
            }

            _closeReason = reason;
            _handshakeTimer?.Dispose();
            _heartbeatTimer?.Dispose();
            _goodbyeTimer?.Dispose();
        }

        foreach (var frame in _queue.Close())
        {
            _owner.Node.DeadLetters.Drop(frame.To, frame.Body, reason);
        }

        Traffic.Close(reason);
        _closed.Cancel();
        ShutDown(_socket);
        EndRings();
    }

    /// <summary>Where the other end of a socket is, for logs.</summary>
    public static string AddressOf(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint?.ToString() ?? "an unknown address";
        }
        catch (SocketException)
        {
            return "an address that is gone";
        }
    }

    /// <summary>What was sent still goes out; nothing more comes in. So both directions end, whatever they wait for.</summary>
    private static void ShutDown(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The peer was faster.
        }
    }

    public void Send(in OutboundFrame frame, bool isAhead = false)
    {
        var added = _queue.Add(frame, HasteOf(frame.Body, isAhead));
        if (added == OutboundQueue.Added.Yes)
        {
            return;
        }

        if (added == OutboundQueue.Added.TooMuch)
        {
            Close($"More than {_owner.Options.OutboundQueueBytes} bytes wait to be sent to {PeerName}, which takes them too slowly.");
        }

        _owner.Node.DeadLetters.Drop(frame.To, frame.Body, $"the connection to {PeerName} is closed");
    }

    /// <summary>Encrypts the connection, where that is wanted, and begins to talk. False: that cannot be; it is closed.</summary>
    private async Task<bool> SecureAsync()
    {
        if (_owner.Options.Tls is not { } credentials)
        {
            _queue.AddUrgent(_handshake.Ours);
            return true;
        }

        try
        {
            (_stream, var refusal) = await TlsTransport.AuthenticateAsync(_stream, credentials, Link?.HostName, _closed.Token).ConfigureAwait(false);
            if (refusal is { } why)
            {
                Refuse(_handshake.Refuse($"The peer at {Address} {why}."));
            }
            else
            {
                _queue.AddUrgent(_handshake.Ours);
            }

            return true;
        }
        catch (AuthenticationException exception)
        {
            Refusal = $"The peer at {Address} {exception.Message.TrimEnd('.')}.";
            Close(Refusal);
            _owner.StrangerLog.Tell(Refusal);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            Close($"{Who} went before the connection was encrypted: {exception.Message}");
            _log.LogDebug(exception, "The connection to {Peer} ended before it was encrypted", Who);
        }

        return false;
    }

    /// <summary>Runs one direction; however it ends, the connection is closed.</summary>
    private async Task Guarded(Func<Task<string>> direction)
    {
        try
        {
            Close(await direction().ConfigureAwait(false));
        }
        catch (ProtocolException exception)
        {
            Close($"{Who} sent what the protocol does not allow: {exception.Message}");
            if (IsEstablished)
            {
                _log.LogWarning("{Reason} The connection is dropped.", CloseReason);
            }
            else
            {
                _owner.StrangerLog.Tell($"{CloseReason} The connection is dropped.");
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException
            && _closed.IsCancellationRequested)
        {
            _log.LogDebug(exception, "The connection to {Peer} ended while it was being closed", Who);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            Close($"The connection to {Who} was lost: {exception.Message}");
        }
        catch (Exception exception)
        {
            _log.LogError(exception, "The connection to {Peer} is dropped after an error of ours", Who);
            Close($"The connection to {Who} was dropped after an error: {exception.Message}");
        }
    }

    private string Who => IsEstablished ? PeerName : $"The peer at {Address}";

    private void OnHandshakeTimeout()
    {
        if (!IsEstablished)
        {
            Close($"The peer at {Address} said no {_handshake.Awaited} within {_owner.Options.HandshakeTimeout.TotalSeconds:0.###} s.");
            _owner.StrangerLog.Tell(CloseReason);
        }
    }
}
