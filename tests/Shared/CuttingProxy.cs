using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Distributed.Testing;

/// <summary>Stands between two hosts on loopback and cuts their connections, in the middle of whatever is on its way.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly EndPoint _target;
    private readonly ConcurrentDictionary<Socket, bool> _open = [];
    private volatile bool _closed;

    public CuttingProxy(EndPoint target)
    {
        _target = target;
        _listener.Start();
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Breaks every connection that is open now.</summary>
    /// <returns>How many sockets were cut.</returns>
    public int Cut()
    {
        var cut = 0;
        foreach (var socket in _open.Keys)
        {
            if (!_open.TryRemove(socket, out _)) continue;
            socket.LingerState = new LingerOption(true, 0); // a reset, as when a host dies
            socket.Dispose();
            cut++;
        }
        return cut;
    }

    public void Dispose()
    {
        _closed = true;
        _listener.Dispose();
        Cut();
    }

    private async Task AcceptAsync()
    {
        while (!_closed)
        {
            Socket near;
            try
            {
                near = await _listener.AcceptSocketAsync();
            }
            catch (Exception exception) when (_closed && exception is SocketException or ObjectDisposedException)
            {
                return;
            }
            var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            near.NoDelay = true;
            await far.ConnectAsync(_target);
            _open[near] = _open[far] = true;
            _ = PumpAsync(near, far);
            _ = PumpAsync(far, near);
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer)) > 0;)
                for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut, or closed by one of the hosts: either way the other side is to see an end too.
        }
        finally
        {
            _open.TryRemove(from, out _);
            _open.TryRemove(to, out _);
            from.Dispose();
            to.Dispose();
        }
    }
}
