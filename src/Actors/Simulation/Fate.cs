using Distributed.Engine.Randomness;

namespace Distributed.Actors.Simulated;

/// <summary>Draws what becomes of frames, from a stream of the simulation's seed that nothing else draws from.</summary>
internal sealed class Fate(Simulation simulation, ulong seed)
{
    /// <summary>Names the stream.</summary>
    private const uint Stream = 2;

    private RandomStream _random = new(seed, RandomPurpose.Test, Stream);

    public void Draw(Flight flight, bool isBetweenActors)
    {
        var (faults, counts) = (simulation.Network, simulation.Counts);
        counts.Frames++;
        if (Happens(faults.Delay))
        {
            counts.Delayed++;
            flight.Arrival += UpTo(faults.MaxDelay);
        }

        flight.IsFragmented = Happens(faults.Fragment);
        flight.IsDuplicated = isBetweenActors && Happens(faults.Duplicate);
        flight.IsCorrupted = Happens(faults.Corrupt);
    }

    public bool Happens(double rate) => rate > 0 && _random.NextDouble() < rate;

    /// <summary>0..bound−1.</summary>
    public int Below(int bound) => _random.NextInt(bound);

    public TimeSpan UpTo(TimeSpan most) => most == TimeSpan.Zero ? most : most * _random.NextDouble();

    /// <summary>A copy of the first bytes of a frame: at least one, and not all.</summary>
    public byte[] Part(ReadOnlyMemory<byte> frame) => frame[..(frame.Length < 2 ? frame.Length : 1 + Below(frame.Length - 1))].ToArray();

    public Flight Duplicate(ReadOnlyMemory<byte> frame)
    {
        simulation.Counts.Duplicated++;
        return Flight.Of(frame.ToArray(), simulation.Now + simulation.DrawLatency() + UpTo(simulation.Network.MaxDelay), simulation.NextFrame());
    }

    public void Corrupt(Span<byte> frame)
    {
        simulation.Counts.Corrupted++;
        frame[Below(frame.Length)] ^= (byte)(1 + Below(255));
    }
}
