using Distributed.Actors.Remoting;
using Google.Protobuf;

namespace Distributed.Actors.Tcp;

/// <summary>What waits to be sent on one connection. Heartbeats pass the actors' messages, which stay in order.</summary>
/// <remarks>Invariant: once a last frame is added or the queue is closed, nothing more is taken in.</remarks>
internal sealed class OutboundQueue(long maxBytes)
{
    private readonly Lock _gate = new();
    private readonly Queue<OutboundFrame> _urgent = new();
    private readonly Queue<OutboundFrame> _ordinary = new();
    private readonly Signal _signal = new();

    private long _bytes;
    private bool _ended;

    public enum Added
    {
        Yes,

        /// <summary>The queue has ended; the frame is the caller's to drop.</summary>
        Ended,

        /// <summary>More bytes would wait than the bound allows; the frame is the caller's to drop.</summary>
        TooMuch,
    }

    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    public Added Add(in OutboundFrame frame, bool last = false)
    {
        var bytes = frame.Bytes;
        lock (_gate)
        {
            if (_ended)
            {
                return Added.Ended;
            }

            if (_bytes + bytes > maxBytes)
            {
                return Added.TooMuch;
            }

            _bytes += bytes;
            _ordinary.Enqueue(frame);
            _ended = last;
        }

        _signal.Raise();
        return Added.Yes;
    }

    /// <summary>Adds a small frame of the host's own in front of the actors' messages.</summary>
    public void AddUrgent(IMessage body)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _urgent.Enqueue(new OutboundFrame("", "", body));
        }

        _signal.Raise();
    }

    /// <summary>Takes the next frame. <paramref name="more"/>: others wait behind it.</summary>
    public bool TryTake(out OutboundFrame frame, out bool more)
    {
        lock (_gate)
        {
            if (!_urgent.TryDequeue(out frame))
            {
                if (!_ordinary.TryDequeue(out frame))
                {
                    more = false;
                    return false;
                }

                _bytes -= frame.Bytes;
            }

            more = _urgent.Count + _ordinary.Count > 0;
            return true;
        }
    }

    /// <summary>Returns when there may be something to take, or the queue is closed.</summary>
    public ValueTask WaitAsync() => _signal.WaitAsync();

    /// <summary>Ends the queue and returns the actors' messages that were never sent.</summary>
    public OutboundFrame[] Close()
    {
        OutboundFrame[] rest;
        lock (_gate)
        {
            _ended = true;
            rest = _ordinary.ToArray();
            _ordinary.Clear();
            _urgent.Clear();
            _bytes = 0;
        }

        _signal.Raise();
        return rest;
    }
}
