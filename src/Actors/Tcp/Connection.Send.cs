using System.Runtime.CompilerServices;
using Distributed.Actors.Remoting;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Tcp;

/// <summary>The way out: frames from the queue to the socket; heartbeats; the watch over the peer's silence.</summary>
internal sealed partial class Connection
{
    private const long NotSending = 0;

    private ulong _heartbeats;
    private int _heartbeatWaits;
    private long _lastTick;
    private long _sendBegan = NotSending;
    private long _sent;

    public long BytesSent => Interlocked.Read(ref _sent);

    /// <summary>Bytes of messages waiting to be sent.</summary>
    public long BytesQueued => _queue.Bytes;

    /// <summary>Frames are gathered up to <see cref="HostLimits.SendBytes"/> while more wait. The elements of a chunk that does not fit go out from
    /// where they lie, and the chunk is released when they are sent.</summary>
    private async Task<string> SendAsync()
    {
        var output = new SendBuffer(HostLimits.SendBytes);
        var elements = new ElementBytes();
        while (_closeReason is null)
        {
            if (!_queue.TryTake(out var frame, out var more))
            {
                await _queue.WaitAsync().ConfigureAwait(false);
                continue;
            }

            if (frame.Body is TensorChunk chunk)
            {
                if (!TryLend(output, frame.To, frame.From, chunk))
                {
                    await SendAsync(output, frame, chunk, elements).ConfigureAwait(false);
                }
            }
            else
            {
                CountSent(FrameEncoder.Write(output, frame.To, frame.From, frame.Body));
                (frame.Body as IReleasable)?.Release();
                if (frame.Body is Heartbeat)
                {
                    Volatile.Write(ref _heartbeatWaits, 0);
                }
                else if (frame.Body is SharedRing)
                {
                    await FlushAsync(output).ConfigureAwait(false);
                    _sendsInRing = true;
                }
            }

            if (!more || output.Room < HostLimits.SendBytes / 2)
            {
                await FlushAsync(output).ConfigureAwait(false);
            }
        }

        return _closeReason;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync(SendBuffer output, OutboundFrame frame, TensorChunk chunk, ElementBytes elements)
    {
        try
        {
            var payload = elements.Of(chunk.Data);
            if (payload.Length <= HostLimits.SendBytes / 2 || !BitConverter.IsLittleEndian)
            {
                CountSent(FrameEncoder.Write(output, frame.To, frame.From, chunk));
                return;
            }

            CountSent(FrameEncoder.WriteHead(output, frame.To, frame.From, chunk) + payload.Length);
            var first = Math.Min(payload.Length, output.Room); // so that no packet is a head alone
            payload.Span[..first].CopyTo(output.GetSpan());
            output.Advance(first);
            await FlushAsync(output).ConfigureAwait(false);
            for (payload = payload[first..]; !payload.IsEmpty;)
            {
                var piece = payload[..Math.Min(payload.Length, HostLimits.SendPieceBytes)];
                await SendAsync(piece).ConfigureAwait(false);
                payload = payload[piece.Length..];
            }
        }
        finally
        {
            chunk.Release();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FlushAsync(SendBuffer output)
    {
        WriteReturned(output);
        await SendAsync(output.Written).ConfigureAwait(false);
        output.Clear();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Volatile.Write(ref _sendBegan, Math.Max(1, Time.GetTimestamp()));
        await (_sendsInRing ? _outgoing!.WriteAsync(bytes) : _stream.WriteAsync(bytes, _closed.Token)).ConfigureAwait(false);
        Volatile.Write(ref _sendBegan, NotSending);
    }

    private void CountSent(int bytes)
    {
        Interlocked.Add(ref _sent, bytes);
        _owner.CountSent(bytes);
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

        var sendBegan = Interlocked.Read(ref _sendBegan);
        if (sendBegan != NotSending && Time.GetElapsedTime(sendBegan) > _owner.Options.WriteStallTimeout)
        {
            Close($"{PeerName} took none of what was sent to it for {_owner.Options.WriteStallTimeout.TotalSeconds:0.0} s.");
        }
    }
}
