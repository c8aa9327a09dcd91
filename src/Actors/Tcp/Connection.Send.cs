using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Tcp;

/// <summary>The way out: frames from the queue into the pipe; heartbeats; the watch over the peer's silence.</summary>
internal sealed partial class Connection
{
    private const long NotFlushing = 0;

    private ulong _heartbeats;
    private int _heartbeatWaits;
    private long _lastTick;
    private long _flushBegan = NotFlushing;
    private long _sent;

    public long BytesSent => Interlocked.Read(ref _sent);

    /// <summary>Bytes of messages waiting to be sent.</summary>
    public long BytesQueued => _queue.Bytes;

    /// <summary>A frame that ends a batch or finds nobody behind it is flushed at once; others are gathered up to <see cref="HostLimits.FlushBytes"/>.</summary>
    private async Task<string> SendAsync()
    {
        var output = _transport.Output;
        var unflushed = 0L;
        while (true)
        {
            if (!_queue.TryTake(out var frame, out var more))
            {
                await _queue.WaitAsync(_closed.Token).ConfigureAwait(false);
                continue;
            }

            var bytes = FrameEncoder.Write(output, frame.To, frame.From, frame.Body);
            (frame.Body as TensorChunk)?.Release();
            if (frame.Body is Heartbeat)
            {
                Volatile.Write(ref _heartbeatWaits, 0);
            }

            Interlocked.Add(ref _sent, bytes);
            _owner.CountSent(bytes);
            unflushed += bytes;
            if (more && unflushed < HostLimits.FlushBytes)
            {
                continue;
            }

            Volatile.Write(ref _flushBegan, Math.Max(1, Time.GetTimestamp()));
            var result = await output.FlushAsync(_closed.Token).ConfigureAwait(false);
            Volatile.Write(ref _flushBegan, NotFlushing);
            unflushed = 0;
            if (result.IsCompleted)
            {
                return $"The connection to {Who} was lost.";
            }
        }
    }

    private void StartHeartbeats()
    {
        lock (_gate)
        {
            if (_closeReason is not null)
            {
                return;
            }

            _lastTick = Time.GetTimestamp();
            _heartbeatTimer = Time.CreateTimer(
                static state => ((Connection)state!).OnHeartbeatTick(), this, HostLimits.HeartbeatInterval, HostLimits.HeartbeatInterval);
        }
    }

    /// <summary>Sends a heartbeat, and closes the connection if the peer is silent or takes nothing.</summary>
    private void OnHeartbeatTick()
    {
        if (Interlocked.Exchange(ref _heartbeatWaits, 1) == 0)
        {
            _queue.AddUrgent(new Heartbeat { Sequence = _heartbeats++ });
        }

        var sinceLastTick = Time.GetElapsedTime(Interlocked.Exchange(ref _lastTick, Time.GetTimestamp()));
        if (sinceLastTick > 2 * HostLimits.HeartbeatInterval)
        {
            // This process itself stood still, so its peer's bytes may be here and unread: its silence counts from now.
            _log.LogDebug("This host was held up for {Seconds:0.0} s", sinceLastTick.TotalSeconds);
            Heard();
            return;
        }

        var silence = Time.GetElapsedTime(Interlocked.Read(ref _lastHeard));
        if (!_isPaused && silence > _owner.Options.HeartbeatTimeout)
        {
            Close($"Nothing was heard from {PeerName} for {silence.TotalSeconds:0.0} s.");
            return;
        }

        var flushBegan = Interlocked.Read(ref _flushBegan);
        if (flushBegan != NotFlushing && Time.GetElapsedTime(flushBegan) > _owner.Options.WriteStallTimeout)
        {
            Close($"{PeerName} took none of what was sent to it for {_owner.Options.WriteStallTimeout.TotalSeconds:0.0} s.");
        }
    }
}
