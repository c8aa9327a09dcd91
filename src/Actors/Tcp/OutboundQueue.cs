using Distributed.Actors.Cells;
using Distributed.Actors.Remoting;
using Google.Protobuf;

namespace Distributed.Actors.Tcp;

/// <summary>What waits to be sent on one connection. Heartbeats pass the actors' messages, which stay in order.</summary>
/// <remarks>Invariant: once a last frame is added or the queue is closed, nothing more is taken in.</remarks>
internal sealed class OutboundQueue(long maxBytes) : ILeftover
{
    private readonly Lock _gate = new();
    private readonly Queue<OutboundFrame> _urgent = new();
    private readonly Queue<OutboundFrame> _ordinary = new();
    private readonly Signal _signal = new();

    private long _bytes;
    private int _lazy;
    private int _ahead;
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

    /// <param name="haste">How soon it is to be sent.</param>
    /// <param name="last">Nothing comes after it.</param>
    public Added Add(in OutboundFrame frame, Haste haste = Haste.Soon, bool last = false)
    {
        var bytes = frame.Bytes;
        bool waits;
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
            waits = haste == Haste.WithOthers ? ++_lazy < HostLimits.LentTogether : haste == Haste.WithNext && ++_ahead < HostLimits.LentAhead;
        }

        if (waits)
        {
            if (haste == Haste.WithOthers)
            {
                TurnEnd.Leave(this);
            }
        }
        else
        {
            _signal.Raise(inline: haste != Haste.Soon);
        }

        return Added.Yes;
    }

    /// <summary>Sends what waited for company and found none.</summary>
    void ILeftover.Finish()
    {
        bool waits;
        lock (_gate)
        {
            waits = _lazy > 0;
        }

        if (waits)
        {
            _signal.Raise(inline: true);
        }
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
                    (more, _lazy, _ahead) = (false, 0, 0);
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

/// <summary>How soon a frame is sent.</summary>
internal enum Haste
{
    /// <summary>By another thread, as soon as one is free.</summary>
    Soon,

    /// <summary>At once, by the thread that adds it: it is small.</summary>
    Now,

    /// <summary>With the next one that is not of this kind, when there are <see cref="HostLimits.LentTogether"/>, or at the end of the actor's turn.</summary>
    WithOthers,

    /// <summary>With the next one that is not of this kind, or when there are <see cref="HostLimits.LentAhead"/>; with a heartbeat at the latest.</summary>
    WithNext,
}
