using System.Buffers;
using Distributed.Actors.Remoting;
using Distributed.Protocol;

namespace Distributed.Actors.Simulated;

/// <summary>A connection of two nodes: frames are encoded, arrive in order after their latency, and are decoded, so a chunk is truly copied.</summary>
internal sealed class SimulatedConnection
{
    private readonly Side _first;
    private readonly Side _second;

    public SimulatedConnection(Simulation simulation, SimulatorHost first, SimulatorHost second)
    {
        (_first, _second) = (new Side(simulation, first, second), new Side(simulation, second, first));
        (_first.Other, _second.Other) = (_second, _first);
    }

    public ActorTraffic SideOf(SimulatorHost host) => host == _first.Host ? _first.Traffic : _second.Traffic;

    /// <summary>This node is gone: it sends nothing more and nobody is told yet; what it has sent still arrives.</summary>
    public void Silence(SimulatorHost host) => (host == _first.Host ? _first : _second).IsOpen = false;

    public void Close(string reason)
    {
        _first.Close(reason);
        _second.Close(reason);
    }

    private sealed class Side : IFrameChannel
    {
        private readonly Simulation _simulation;
        private readonly SimulatedLife _life;
        private readonly FrameDecoder _decoder;
        private TimeSpan _lastArrival;
        private bool _closed;

        public Side(Simulation simulation, SimulatorHost host, SimulatorHost peer)
        {
            (_simulation, Host, PeerName, _life) = (simulation, host, peer.Name, host.Life);
            _decoder = new FrameDecoder(host.DestinationFor);
            Traffic = new ActorTraffic(host.Node, host.Name, this, host.Log, _life.Unknown);
        }

        public SimulatorHost Host { get; }

        public string PeerName { get; }

        public ActorTraffic Traffic { get; }

        public Side Other { get; set; } = null!;

        public bool IsOpen { get; set; } = true;

        public void Send(in OutboundFrame frame)
        {
            if (!IsOpen)
            {
                _life.Node.DeadLetters.Drop(frame.To, frame.Body, $"the connection to {PeerName} is closed");
                return;
            }

            var bytes = new ArrayBufferWriter<byte>();
            FrameEncoder.Write(bytes, frame.To, frame.From, frame.Body);
            (frame.Body as TensorChunk)?.Release();
            var arrival = _simulation.Now + _simulation.DrawLatency();
            _lastArrival = arrival > _lastArrival ? arrival : _lastArrival;
            _simulation.At(_lastArrival, () => Other.Arrive(new ReadOnlySequence<byte>(bytes.WrittenMemory)));
        }

        public void Close(string reason)
        {
            IsOpen = false;
            if (!_closed)
            {
                _closed = true;
                _decoder.Dispose();
                if (_life.IsAlive)
                {
                    Traffic.Close(reason);
                }
            }
        }

        private void Arrive(ReadOnlySequence<byte> bytes)
        {
            if (_closed || !_life.IsAlive)
            {
                return;
            }

            if (!_decoder.TryRead(ref bytes, out var frame) || bytes.Length > 0)
            {
                throw new InvalidOperationException("A frame of the simulation was not read whole.");
            }

            if (_simulation.Transcript is not null)
            {
                _simulation.Record(SimulatedTranscript.Line(PeerName, Host.Name, frame));
            }

            // A mailbox over its high-water mark would hold up a real connection; the simulation has no such wait.
            _ = Traffic.Receive(frame);
        }
    }
}
