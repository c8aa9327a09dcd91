using Distributed.Engine;
using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>Two half circles in the plane that reach into each other. See <see cref="Moons"/>.</summary>
public sealed record MoonsData : DataSpec
{
    /// <summary>Points of a moon.</summary>
    public int Points { get; init; } = 100;

    /// <summary>Standard deviation of what is added to each coordinate.</summary>
    public float Noise { get; init; } = 0.1f;

    /// <summary>Seed of the noise, apart from the run's seed.</summary>
    public ulong Seed { get; init; }

    public override TestPart? Test { get; init; } = new TrainingPoints();

    internal override (Shape Sample, Target Target)? Known => (new Shape(2), new ClassTarget(2));

    internal override DataPair Load(DataPlaces places) => WithTest(
        Moons.Generate(Points, Noise, Seed), null, draw => Moons.Generate(draw.Size, Noise, draw.Seed, part: 1));
}
