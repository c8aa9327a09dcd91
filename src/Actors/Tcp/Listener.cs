using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Distributed.Actors.Tcp;

/// <summary>Accepts connections with Kestrel's socket transport, without the rest of a web host.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly IConnectionListener _listener;
    private readonly Task _accepting;

    private Listener(IConnectionListener listener, ILogger log, Func<ConnectionContext, Task> accept, CancellationToken cancel)
    {
        _listener = listener;
        _accepting = AcceptAsync(log, accept, cancel);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.EndPoint;

    public static async Task<Listener> BindAsync(
        IPEndPoint endPoint, ILoggerFactory logs, Func<ConnectionContext, Task> accept, CancellationToken cancel)
    {
        var factory = new SocketTransportFactory(
            Options.Create(new SocketTransportOptions
            {
                NoDelay = true,
                MaxReadBufferSize = HostLimits.PipeBytes,
                MaxWriteBufferSize = HostLimits.PipeBytes,
            }),
            logs);
        try
        {
            var listener = await factory.BindAsync(endPoint, cancel).ConfigureAwait(false);
            return new Listener(listener, logs.CreateLogger("Distributed.Actors.TcpHost"), accept, cancel);
        }
        catch (AddressInUseException exception)
        {
            throw new HostException(
                $"Port {endPoint.Port} on {endPoint.Address} is in use by another program; choose another port or end that program.",
                exception);
        }
        catch (SocketException exception)
        {
            throw new HostException($"Cannot listen on {endPoint}: {exception.Message}.", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.UnbindAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
    }

    private async Task AcceptAsync(ILogger log, Func<ConnectionContext, Task> accept, CancellationToken cancel)
    {
        await Task.Yield();
        while (!cancel.IsCancellationRequested)
        {
            ConnectionContext? context;
            try
            {
                context = await _listener.AcceptAsync(cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }

            if (context is null)
            {
                return;
            }

            _ = RunAsync(context);
        }

        async Task RunAsync(ConnectionContext context)
        {
            try
            {
                await accept(context).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                log.LogError(exception, "A connection from {Address} ended with an error of ours", context.RemoteEndPoint);
            }
        }
    }
}
