using Distributed.Engine;
using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>Points in the plane on interleaved spiral arms, one class an arm. See <see cref="Spirals"/>.</summary>
public sealed record SpiralData : DataSpec
{
    /// <summary>Arms, each a class.</summary>
    public int Arms { get; init; } = 3;

    /// <summary>Points of an arm.</summary>
    public int Points { get; init; } = 100;

    /// <summary>Standard deviation of the angle, in radians.</summary>
    public float Noise { get; init; } = 0.2f;

    /// <summary>Seed of the points, apart from the run's seed.</summary>
    public ulong Seed { get; init; }

    public override TestPart? Test { get; init; } = new TrainingPoints();

    internal override (Shape Sample, Target Target)? Known => (new Shape(2), new ClassTarget(Arms));

    internal override DataPair Load(DataPlaces places) => WithTest(
        Spirals.Generate(Arms, Points, Noise, Seed), null,
        draw => Spirals.Generate(Arms, draw.Size, Noise, draw.Seed, part: 1));
}
