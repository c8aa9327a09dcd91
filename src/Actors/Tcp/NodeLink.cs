using System.Net;
using System.Net.Sockets;
using Distributed.Actors.Remoting;
using Distributed.Actors.Tcp;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors;

/// <summary>A node this one dials, and dials again whenever the connection is lost, until the peer refuses it.</summary>
public sealed class NodeLink : ILink
{
    private readonly TcpHost _host;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Connection? _connection;

    internal NodeLink(TcpHost host, EndPoint endPoint, ILogger log)
    {
        (_host, EndPoint, _log) = (host, endPoint, log);
        Ended = RunAsync();
    }

    public EndPoint EndPoint { get; }

    /// <summary>The name or the address that is dialled.</summary>
    internal string HostName => EndPoint switch
    {
        DnsEndPoint name => name.Host,
        IPEndPoint address => address.Address.ToString(),
        _ => EndPoint.ToString()!,
    };

    /// <summary>HOST:PORT, for sentences.</summary>
    internal string Address => EndPoint is DnsEndPoint name ? $"{name.Host}:{name.Port}" : EndPoint.ToString()!;

    public bool IsConnected => Connection is not null;

    /// <summary>Completes when the handshake has succeeded for the first time.</summary>
    public Task WhenConnected => _connected.Task;

    /// <summary>Completes, with a sentence a user can act on, when the peer refuses this node for good; it is then dialled no more.</summary>
    public Task<string> WhenRefused => _refused.Task;

    /// <summary>Whether an actor, the sender of a message as a rule, is at the other end of the connection that is open now.</summary>
    public bool IsHeardFrom(ActorRef actor) => actor is RemoteRef remote && ReferenceEquals(remote.Traffic, Connection?.Traffic);

    /// <summary>Attempts to connect since the last success.</summary>
    public int FailedAttempts { get; private set; }

    /// <summary>The connection whose handshake is done.</summary>
    internal Connection? Connection => _connection is { IsOpen: true } connection ? connection : null;

    internal Task Ended { get; }

    internal void Stop() => _stop.Cancel();

    internal void OnEstablished() => _connected.TrySetResult();

    string ILink.Target => Address;

    ActorTraffic? ILink.Traffic => Connection?.Traffic;

    void ILink.Drop(string path, object message) => _host.DropUnconnected(path, message, EndPoint);

    /// <summary>min(<see cref="HostLimits.FirstRedialDelay"/> · 2^attempt, <see cref="HostLimits.MaxRedialDelay"/>), ± the jitter.</summary>
    /// <param name="jitter">0 to 1, of the node's own.</param>
    internal static TimeSpan RedialDelay(int attempt, double jitter)
    {
        var delay = HostLimits.FirstRedialDelay * Math.Pow(2, Math.Min(attempt, 16));
        return (delay < HostLimits.MaxRedialDelay ? delay : HostLimits.MaxRedialDelay)
            * (1 + HostLimits.RedialJitter * (2 * jitter - 1));
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                if (await DialAsync().ConfigureAwait(false) is { } socket && await UseAsync(socket).ConfigureAwait(false))
                {
                    return;
                }

                var delay = RedialDelay(FailedAttempts, _host.Jitter(FailedAttempts));
                FailedAttempts++;
                await Task.Delay(delay, _host.Time, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _log.LogDebug("{EndPoint} is dialled no more", Address);
        }
        catch (Exception exception)
        {
            _log.LogError(exception, "{EndPoint} is dialled no more after an error of ours", Address);
        }
    }

    private async Task<Socket?> DialAsync()
    {
        using var bound = new CancellationTokenSource(HostLimits.DialTimeout, _host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, _stop.Token);
        try
        {
            return await TcpHost.DialAsync(EndPoint, either.Token).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            Report(exception.Message);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            Report($"no answer within {HostLimits.DialTimeout.TotalSeconds} s");
        }

        return null;
    }

    /// <summary>Runs a connection to its end. True: the peer is not to be dialled again.</summary>
    private async Task<bool> UseAsync(Socket socket)
    {
        var connection = new Connection(_host.Owner, socket, this);
        _connection = connection;
        await _host.RunConnectionAsync(connection).ConfigureAwait(false);
        _connection = null;
        if (connection.Refusal is { } refusal)
        {
            _log.LogError("{EndPoint} is dialled no more: {Refusal}", Address, refusal);
            _refused.TrySetResult(refusal);
            return true;
        }

        if (connection.IsEstablished)
        {
            FailedAttempts = 0;
        }
        else
        {
            Report(connection.CloseReason);
        }

        return false;
    }

    /// <summary>The first failure and then every tenth as a warning; the rest for those who look closely.</summary>
    private void Report(string reason) => _log.Log(
        FailedAttempts % 10 == 0 ? LogLevel.Warning : LogLevel.Debug,
        "{EndPoint} cannot be reached: {Reason}; it is dialled again (attempt {Attempt})",
        Address,
        reason.TrimEnd('.'),
        FailedAttempts + 1);
}
