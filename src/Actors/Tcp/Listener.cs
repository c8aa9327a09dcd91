using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Tcp;

/// <summary>Accepts connections.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Task _accepting;

    private Listener(Socket socket, TimeProvider time, ILogger log, Func<Socket, Task> accept, CancellationToken cancel)
    {
        (_socket, _time, _log) = (socket, time, log);
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _accepting = AcceptAsync(accept, cancel);
    }

    public IPEndPoint EndPoint { get; }

    /// <param name="accept">Runs an accepted connection to its end, which is the socket's too.</param>
    /// <exception cref="HostException">The port is taken, or the address is none of this machine's.</exception>
    public static Listener Bind(IPEndPoint endPoint, TimeProvider time, ILogger log, Func<Socket, Task> accept, CancellationToken cancel)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(endPoint);
            socket.Listen(HostLimits.ListenBacklog);
            return new Listener(socket, time, log, accept, cancel);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw exception.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? new HostException(
                    $"Port {endPoint.Port} on {endPoint.Address} is in use by another program; choose another port or end that program.",
                    exception)
                : new HostException($"Cannot listen on {endPoint}: {exception.Message}.", exception);
        }
    }

    /// <summary>Accepts no more; call it when the token is cancelled. Accepted connections go on.</summary>
    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _accepting.ConfigureAwait(false);
    }

    private async Task AcceptAsync(Func<Socket, Task> accept, CancellationToken cancel)
    {
        await Task.Yield();
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                var socket = await _socket.AcceptAsync(cancel).ConfigureAwait(false);
                _ = RunAsync(socket);
            }
            catch (Exception exception) when (cancel.IsCancellationRequested
                && exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception)
            {
                _log.LogDebug(exception, "A connection could not be accepted");
                await Task.Delay(HostLimits.AcceptRetryDelay, _time, CancellationToken.None).ConfigureAwait(false);
            }
        }

        async Task RunAsync(Socket socket)
        {
            var address = Connection.AddressOf(socket);
            try
            {
                socket.NoDelay = true;
                await accept(socket).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                _log.LogError(exception, "A connection from {Address} ended with an error of ours", address);
                socket.Dispose();
            }
        }
    }
}
