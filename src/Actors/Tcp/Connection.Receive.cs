using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Tcp;

/// <summary>The way in: frames from the socket to the actors, no faster than they take them.</summary>
internal sealed partial class Connection
{
    private volatile bool _isPaused;
    private long _lastHeard;
    private long _received;
    private long _heartbeatsReceived;

    public long BytesReceived => Interlocked.Read(ref _received);

    public long HeartbeatsReceived => Interlocked.Read(ref _heartbeatsReceived);

    /// <summary>Whether reading waits for an actor whose mailbox is full.</summary>
    public bool IsPaused => _isPaused;

    private async Task<string> ReceiveAsync()
    {
        using var decoder = new FrameDecoder(DestinationFor) { MaxFrameBytes = FrameLimits.MaxHandshakeFrameBytes };
        var buffer = new ReceiveBuffer(HostLimits.ReceiveBytes);
        Heard();
        while (true)
        {
            // What is missing of a chunk goes straight to where it belongs.
            var missing = buffer.IsEmpty ? decoder.Missing : Memory<byte>.Empty;
            var isDirect = missing.Length > HostLimits.ReceiveBytes;
            var count = await ReadAsync(isDirect ? missing : buffer.Room()).ConfigureAwait(false);
            if (count == 0)
            {
                return decoder.IsAtFrameStart && buffer.IsEmpty
                    ? $"{Who} closed the connection."
                    : $"The connection to {Who} ended inside of a frame.";
            }

            Count(count);
            if (isDirect)
            {
                decoder.Filled(count);
            }
            else
            {
                buffer.Add(count);
            }

            var unread = buffer.Unread;
            while (decoder.TryRead(ref unread, out var frame))
            {
                if (frame.Body is SharedRing announced)
                {
                    ReadFrom(announced, unread.Length);
                    continue;
                }

                if (OnFrame(frame) is { IsCompleted: false } drained)
                {
                    await PauseAsync(drained).ConfigureAwait(false);
                }

                if (_closeReason is not null)
                {
                    return _closeReason;
                }

                if (IsEstablished)
                {
                    decoder.MaxFrameBytes = FrameLimits.MaxFrameBytes;
                }
            }

            buffer.Read(left: unread.Length);
        }
    }

    private ValueTask<int> ReadAsync(Memory<byte> bytes) => _incoming is { } ring ? ring.ReadAsync(bytes) : _stream.ReadAsync(bytes, _closed.Token);

    /// <summary>Our own pause isn't the peer's silence: its clock starts anew when reading goes on.</summary>
    private async Task PauseAsync(Task drained)
    {
        _isPaused = true;
        try
        {
            await drained.WaitAsync(_closed.Token).ConfigureAwait(false);
        }
        finally
        {
            Heard();
            _isPaused = false;
        }
    }

    private void Count(int bytes)
    {
        Heard();
        Interlocked.Add(ref _received, bytes);
        _owner.CountReceived(bytes);
    }

    private void Heard() => Interlocked.Exchange(ref _lastHeard, Time.GetTimestamp());

    private IChunkDestination DestinationFor(string actor) => IsEstablished
        ? _owner.DestinationFor(actor)
        : throw new ProtocolException("A tensor came before the handshake was done.");

    /// <returns>A task to wait for before more is read; null: none.</returns>
    private Task? OnFrame(in ReceivedFrame frame)
    {
        if (_handshake.IsRefused && frame.Body is not Goodbye)
        {
            _log.LogDebug("{Frame} of {Peer}, which is refused, is ignored", frame.Body.GetType().Name, Address);
            return null;
        }

        if (!_handshake.IsDone && frame.Body is not (Hello or Proof or Goodbye))
        {
            throw new ProtocolException($"The next frame should be {_handshake.Awaited} and is {frame.Body.GetType().Name}.");
        }

        switch (frame.Body)
        {
            case Hello hello:
                Perform(_handshake.On(hello));
                return null;
            case Proof proof:
                Perform(_handshake.On(proof));
                return null;
            case Heartbeat:
                Interlocked.Increment(ref _heartbeatsReceived);
                return null;
            case Goodbye goodbye:
                OnGoodbye(goodbye);
                return null;
            case SharedMemory offer:
                On(offer);
                return null;
            case MemorySeen:
                OnMemorySeen();
                return null;
            case SharedVector vector:
                Lender.Add(vector);
                return null;
            case Returned returned:
                _loans.Return(returned);
                returned.Release();
                return null;
            case LentChunk lent:
                var chunk = Lender.Take(lent);
                lent.Release();
                return Deliver(frame with { Body = chunk });
            default:
                return Deliver(frame);
        }
    }

    private Task? Deliver(in ReceivedFrame frame)
    {
        if (!_closing)
        {
            return Traffic.Receive(frame);
        }

        _owner.Node.DeadLetters.Drop(frame.To, frame.Body, "the connection is closing");
        return null;
    }

    private void Perform(HandshakeStep step)
    {
        PeerName = _handshake.Theirs!.Name;
        if (step.Refusal is { } sentence)
        {
            Refuse(sentence);
            return;
        }

        if (step.Send is { } proof)
        {
            _queue.AddUrgent(proof);
        }

        if (_handshake.IsDone)
        {
            lock (_gate)
            {
                _handshakeTimer?.Dispose();
                IsEstablished = true;
            }

            StartHeartbeats();
            OfferMemory();
            _owner.Established(this);
        }
    }

    /// <summary>Tells the peer why it cannot stay; what it says meanwhile is not looked at.</summary>
    private void Refuse(string sentence)
    {
        Refusal = sentence;
        _owner.StrangerLog.Tell(sentence);
        BeginClose(sentence, refused: true);
    }

    private void OnGoodbye(Goodbye goodbye)
    {
        var reason = WireText.OneLine(goodbye.Reason);
        if (goodbye.Refused && Refusal is null)
        {
            Refusal = $"{Who} refuses this one: {reason}";
            if (Link is null)
            {
                _owner.StrangerLog.Tell(Refusal);
            }
        }

        Close($"{Who} said goodbye: {reason}");
    }
}
