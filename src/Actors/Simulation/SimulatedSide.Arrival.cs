using System.Buffers;
using Distributed.Protocol;

namespace Distributed.Actors.Simulated;

/// <summary>The way in: bytes through the decoder to the actors.</summary>
internal sealed partial class SimulatedSide
{
    private readonly FrameDecoder _decoder;
    private ReadOnlyMemory<byte> _undecoded;
    private long _taken;
    private long _frameBegan;
    private int _stuck;
    private bool _isCorrupt;

    /// <summary>A part of a frame has arrived here.</summary>
    private bool IsInsideFrame => !_decoder.IsAtFrameStart || !_undecoded.IsEmpty;

    /// <summary>Bytes arrive here.</summary>
    private void Take(ReadOnlyMemory<byte> bytes, Flight flight)
    {
        var pending = _undecoded.IsEmpty ? bytes : (byte[])[.. _undecoded.Span, .. bytes.Span];
        var sequence = new ReadOnlySequence<byte>(pending);
        _stuck++;
        _taken += bytes.Length;
        try
        {
            while (!IsClosed && _decoder.TryRead(ref sequence, out var frame))
            {
                var end = _taken - sequence.Length;
                Deliver(frame, flight.Sequence, end - _frameBegan);
                _frameBegan = end;
            }
        }
        catch (ProtocolException problem)
        {
            if (_isCorrupt)
            {
                Simulation.Counts.CorruptionsDetected++;
            }

            CloseHere($"{PeerName} sent what the protocol does not allow: {problem.Message}");
            return;
        }

        _undecoded = sequence.IsEmpty ? default : sequence.ToArray();
        if (!IsClosed && IsInsideFrame)
        {
            Simulation.ObservePart?.Invoke(flight.Sequence);
        }

        WaitForTheRest();
    }

    private void Deliver(ReceivedFrame frame, long sequence, long bytes)
    {
        if (_isCorrupt)
        {
            Simulation.Counts.CorruptionsAccepted++;
            _isCorrupt = false;
        }

        Simulation.Delivered(Host, sequence);
        if (Simulation.Filter is { } filter)
        {
            if (filter(Describe(frame, sequence, bytes)) is not { } passed)
            {
                (frame.Body as IReleasable)?.Release();
                return;
            }

            frame = frame with { Body = passed };
        }

        if (Simulation.Transcript is not null)
        {
            Simulation.Record(SimulatedTranscript.Line(PeerName, Host.Name, frame));
        }

        Simulation.Observe?.Invoke(Describe(frame, sequence, bytes));

        // A mailbox over its high-water mark would hold up a real connection; the simulation measures it instead.
        _ = Traffic.Receive(frame);
        if (Life.Node.Find(frame.To) is { } cell)
        {
            Simulation.Waiting(cell);
        }
    }

    private SimulatedFrame Describe(in ReceivedFrame frame, long sequence, long bytes) =>
        new(_peer.Host, _peer.Number, Host, Life.Number, _connection.Number, frame.From, frame.To, frame.Body)
        { Number = sequence, Bytes = bytes };

    /// <summary>A frame that was begun and is never ended: a changed length may ask for more than ever comes.</summary>
    private void WaitForTheRest()
    {
        if (!_isCorrupt)
        {
            return;
        }

        var stuck = _stuck;
        Simulation.At(Simulation.Now + Simulation.FrameTime, () =>
        {
            if (stuck == _stuck && !IsClosed && _isCorrupt)
            {
                Simulation.Counts.CorruptionsDetected++;
                CloseHere($"A frame of {PeerName} was not whole within {Simulation.FrameTime.TotalSeconds:0} s.");
            }
        });
    }
}
