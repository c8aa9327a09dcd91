using Distributed.Engine;
using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>A circle around a smaller one. See <see cref="Circles"/>.</summary>
public sealed record CirclesData : DataSpec
{
    /// <summary>Points of a circle.</summary>
    public int Points { get; init; } = 100;

    /// <summary>Radius of the inner circle; the outer one's is 1.</summary>
    public float Ratio { get; init; } = 0.5f;

    /// <summary>Standard deviation of what is added to each coordinate.</summary>
    public float Noise { get; init; } = 0.1f;

    /// <summary>Seed of the noise, apart from the run's seed.</summary>
    public ulong Seed { get; init; }

    public override TestPart? Test { get; init; } = new TrainingPoints();

    internal override (Shape Sample, Target Target)? Known => (new Shape(2), new ClassTarget(2));

    internal override DataPair Load(DataPlaces places) => WithTest(
        Circles.Generate(Points, Ratio, Noise, Seed), null, draw => Circles.Generate(draw.Size, Ratio, Noise, draw.Seed, part: 1));
}
