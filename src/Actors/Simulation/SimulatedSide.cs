using Distributed.Actors.Remoting;
using Distributed.Protocol;

namespace Distributed.Actors.Simulated;

/// <summary>One side of a connection: what it sends is encoded and goes byte by byte through the other side's decoder, in order.</summary>
/// <remarks>
/// States: open; closed (what is sent is dropped; the other side hears of it by the end that is on its way). Heartbeats take no
/// events: a direction is <b>quiet</b> from when its bytes are held up by a partition, or its sender stands still or is gone, and the
/// other side closes when it has been so for <see cref="Simulation.DetectionTime"/>.
/// </remarks>
internal sealed partial class SimulatedSide : IFrameChannel
{
    private readonly SimulatedConnection _connection;
    private readonly SimulatedLife _peer;
    private readonly Queue<Flight> _outgoing = new();
    private readonly Action _pump;
    private TimeSpan _lastArrival;
    private long _bytesOnTheirWay;
    private bool _isPumping;
    private bool _isQuiet;
    private int _quietness;

    public SimulatedSide(SimulatedConnection connection, SimulatedLife life, SimulatedLife peer)
    {
        (_connection, Life, _peer) = (connection, life, peer);
        _decoder = new FrameDecoder(Host.DestinationFor);
        Traffic = new ActorTraffic(life.Node, Host.Name, this, Host.Log, life.Unknown);
        _pump = Pump;
    }

    public SimulatedLife Life { get; }

    public SimulatorHost Host => Life.Host;

    public string PeerName => _peer.Host.Name;

    public ActorTraffic Traffic { get; }

    public SimulatedSide Other { get; set; } = null!;

    public bool IsOpen { get; private set; } = true;

    /// <summary>Nothing more is taken in either.</summary>
    public bool IsClosed { get; private set; }

    private Simulation Simulation => _connection.Simulation;

    public void Send(in OutboundFrame frame, bool isAhead = false)
    {
        if (!IsOpen)
        {
            Life.Node.DeadLetters.Drop(frame.To, frame.Body, $"the connection to {PeerName} is closed");
            return;
        }

        var flight = Flight.Of(frame, Simulation.Now + Simulation.DrawLatency(), Simulation.NextFrame());
        Simulation.ObserveSent?.Invoke(
            new SimulatedFrame(Host, Life.Number, _peer.Host, _peer.Number, _connection.Number, frame.From, frame.To, frame.Body)
            {
                Number = flight.Sequence,
            });
        Simulation.Fate.Draw(flight, isBetweenActors: frame.To.Length > 0 && frame.From.Length > 0);
        Enqueue(flight);
    }

    /// <summary>This node is gone, but what it has sent still arrives; nothing of this side is told to anyone here.</summary>
    public void Silence()
    {
        IsOpen = false;
        Close();
        Reconsider();
    }

    /// <summary>The process of this side is gone and its machine says so: what was sent last is lost, and the peer sees the end at once.</summary>
    public void SilenceAndEnd()
    {
        IsOpen = false;
        Close();
        var kept = _outgoing.Count == 0 ? 0 : Simulation.Fate.Below(_outgoing.Count + 1);
        var rest = _outgoing.ToArray();
        _outgoing.Clear();
        for (var i = 0; i < rest.Length; i++)
        {
            if (i < kept || rest[i].End is not null)
            {
                _outgoing.Enqueue(rest[i]);
                continue;
            }

            if (i == kept && Simulation.Network.CutInMessage)
            {
                _outgoing.Enqueue(Flight.Of(Simulation.Fate.Part(Bytes(rest[i])), rest[i].Arrival, rest[i].Sequence));
            }

            Drop(rest[i]);
        }

        End($"{Host.Name} is gone.");
    }

    /// <summary>Closes from this side: the host here is told now, the peer when the end arrives there.</summary>
    public void CloseHere(string reason)
    {
        if (IsClosed)
        {
            return;
        }

        Abort(cut: false);
        End($"{Host.Name} closed the connection.");
        Told(reason);
    }

    /// <summary>Sends no more, and what is on its way is lost.</summary>
    /// <param name="cut">Whether a part of the first frame arrives all the same.</param>
    public void Abort(bool cut)
    {
        IsOpen = false;
        if (cut && _outgoing.TryPeek(out var first) && first.End is null && !Other.IsClosed && !Simulation.IsHeldUp(this, Other))
        {
            Other.Take(Simulation.Fate.Part(Bytes(first)), first);
        }

        while (_outgoing.TryDequeue(out var flight))
        {
            Drop(flight);
        }
    }

    /// <summary>Lets the other side know: at once, or when its node wakes.</summary>
    public void Tell(SimulatedSide other, string reason)
    {
        if (other.Life.Standing == Standing.Frozen)
        {
            End(reason);
        }
        else
        {
            other.Told(reason);
        }
    }

    /// <summary>Whether this direction has become quiet, or is so no more; and whether frames that were held up can go on.</summary>
    public void Reconsider()
    {
        var isQuiet = !Life.IsAlive || Life.Standing == Standing.Frozen || Simulation.IsBlocked(Host, Other.Host);
        if (isQuiet != _isQuiet)
        {
            _isQuiet = isQuiet;
            WaitForSilence();
        }

        PumpSoon();
    }

    /// <summary>The peer counts our silence anew.</summary>
    public void WaitForSilence()
    {
        var quietness = ++_quietness;
        if (!_isQuiet || Other.IsClosed)
        {
            return;
        }

        var wait = Simulation.DetectionTime + Simulation.Fate.UpTo(Simulation.DetectionJitter);
        Simulation.At(Simulation.Now + wait, () =>
        {
            if (quietness == _quietness && Other.Life.Standing != Standing.Frozen)
            {
                Other.CloseHere($"Nothing was heard from {Host.Name} for {wait.TotalSeconds:0.0} s.");
            }
        });
    }

    private void Enqueue(Flight flight)
    {
        _lastArrival = flight.Arrival = flight.Arrival > _lastArrival ? flight.Arrival : _lastArrival;
        _outgoing.Enqueue(flight);
        _bytesOnTheirWay += flight.Size;
        var peaks = Simulation.Peaks;
        peaks.FramesOnTheirWay = Math.Max(peaks.FramesOnTheirWay, _outgoing.Count);
        peaks.BytesOnTheirWay = Math.Max(peaks.BytesOnTheirWay, _bytesOnTheirWay);
        PumpSoon();
    }

    private void End(string reason)
    {
        if (!Other.IsClosed)
        {
            Enqueue(Flight.Ending(reason, Simulation.Now + Simulation.DrawLatency(), Simulation.NextFrame()));
        }
    }

    private void Drop(Flight flight)
    {
        _bytesOnTheirWay -= flight.Size;
        flight.Release();
    }

    private void PumpSoon()
    {
        if (!_isPumping && _outgoing.TryPeek(out var first) && !Simulation.IsHeldUp(this, Other))
        {
            _isPumping = true;
            Simulation.At(first.Arrival, _pump);
        }
    }

    /// <summary>The first of what is on its way arrives, unless it is held up.</summary>
    private void Pump()
    {
        _isPumping = false;
        if (!_outgoing.TryPeek(out var flight) || Simulation.IsHeldUp(this, Other))
        {
            return;
        }

        if (flight.Arrival <= Simulation.Now)
        {
            Arrive(flight);
        }

        PumpSoon();
    }

    private void Arrive(Flight flight)
    {
        if (flight.End is { } reason)
        {
            _outgoing.Dequeue();
            Other.Told(reason);
            return;
        }

        if (Other.IsClosed)
        {
            _outgoing.Dequeue();
            Drop(flight);
            return;
        }

        var bytes = Bytes(flight);
        if (flight.IsDuplicated)
        {
            flight.IsDuplicated = false;
            Enqueue(Simulation.Fate.Duplicate(bytes));
        }

        if (flight.IsCorrupted)
        {
            flight.IsCorrupted = false;
            Simulation.Fate.Corrupt(bytes.Span);
            Simulation.Corrupted?.Invoke(bytes);
            Other._isCorrupt = true;
        }

        if (flight.IsFragmented)
        {
            flight.IsFragmented = false;
            Simulation.Counts.Fragmented++;
            var part = Simulation.Fate.Part(bytes);
            flight.Bytes = bytes[part.Length..].ToArray();
            flight.Arrival = _lastArrival = Simulation.Now + Simulation.DrawLatency();
            Other.Take(part, flight);
            return;
        }

        _outgoing.Dequeue();
        _bytesOnTheirWay -= flight.Size;
        flight.Release();
        Other.Take(bytes, flight);
    }

    /// <summary>The bytes of a frame, which are those of its sender at this moment.</summary>
    private Memory<byte> Bytes(Flight flight)
    {
        if (flight.Bytes is { } bytes)
        {
            return bytes;
        }

        var buffer = Simulation.Buffer;
        buffer.ResetWrittenCount();
        FrameEncoder.Write(buffer, flight.Frame.To, flight.Frame.From, flight.Frame.Body);
        return System.Runtime.InteropServices.MemoryMarshal.AsMemory(buffer.WrittenMemory);
    }

    /// <summary>This side learns of the end.</summary>
    private void Told(string reason)
    {
        if (IsClosed)
        {
            return;
        }

        IsOpen = false;
        var isInside = IsInsideFrame;
        if (isInside && !_isCorrupt)
        {
            Simulation.Counts.CutsInMessage++;
        }

        Close();
        if (Life.IsAlive)
        {
            Traffic.Close(isInside ? $"{reason.TrimEnd('.')}, inside of a frame." : reason);
        }
    }

    private void Close()
    {
        if (!IsClosed)
        {
            IsClosed = true;
            _decoder.Dispose();
            Simulation.Closed(_connection);
        }
    }
}
