using System.Net;
using System.Net.Sockets;

namespace Distributed.Actors.Tests.Tcp;

/// <summary>Stands between a dialling host and a listening one, lets through as many bytes towards the listener as the test allows, and
/// can cut the connection. The way back is open.</summary>
internal sealed class ValveProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private readonly List<Socket> _sockets = [];
    private readonly SemaphoreSlim _mayGo = new(0);
    private long _allowed;
    private long _passed;

    public ValveProxy(IPEndPoint target, long allowed = long.MaxValue)
    {
        (_target, _allowed) = (target, allowed);
        _listener.Start();
        _running = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public int Accepted { get; private set; }

    /// <summary>Bytes that came from either side.</summary>
    public long Passed => Interlocked.Read(ref _passed);

    public void Allow(long bytes)
    {
        Interlocked.Add(ref _allowed, bytes);
        _mayGo.Release();
    }

    /// <summary>Cuts the connections that there are with a reset; new ones may come.</summary>
    public void Cut()
    {
        lock (_sockets)
        {
            foreach (var socket in _sockets)
            {
                try
                {
                    socket.LingerState = new LingerOption(true, 0);
                    socket.Dispose();
                }
                catch (ObjectDisposedException)
                {
                    // Its pump has ended before.
                }
            }

            _sockets.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _running;
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var near = await _listener.AcceptSocketAsync(_stop.Token);
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(_target, _stop.Token);
                lock (_sockets)
                {
                    _sockets.AddRange([near, far]);
                    Accepted++;
                }

                _ = Task.WhenAll(PumpAsync(near, far, valve: true), PumpAsync(far, near, valve: false));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Nobody listens behind the proxy, or the test is over.
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool valve)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                while (valve && Interlocked.Read(ref _allowed) <= 0)
                {
                    await _mayGo.WaitAsync(_stop.Token);
                }

                var room = valve ? (int)Math.Min(buffer.Length, Interlocked.Read(ref _allowed)) : buffer.Length;
                var read = await from.ReceiveAsync(buffer.AsMemory(0, room), _stop.Token);
                if (read == 0)
                {
                    break;
                }

                Interlocked.Add(ref _passed, read);
                if (valve)
                {
                    Interlocked.Add(ref _allowed, -read);
                }

                for (var sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _stop.Token);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The connection was cut; the other direction is closed below.
        }

        from.Dispose();
        to.Dispose();
    }
}
