using Distributed.Engine;
using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>Round clouds of points, one class each. See <see cref="GaussianBlobs"/>.</summary>
public sealed record BlobsData : DataSpec
{
    /// <summary>Clouds, each a class.</summary>
    public int Classes { get; init; } = 3;

    /// <summary>Points of a cloud.</summary>
    public int Points { get; init; } = 100;

    /// <summary>Features of a sample.</summary>
    public int Dimensions { get; init; } = 2;

    /// <summary>Standard deviation of a cloud in each dimension; centres are in [−1, 1).</summary>
    public float Spread { get; init; } = 0.2f;

    /// <summary>Seed of the centres and the points, apart from the run's seed.</summary>
    public ulong Seed { get; init; }

    public override TestPart? Test { get; init; } = new TrainingPoints();

    internal override (Shape Sample, Target Target)? Known => (new Shape(Dimensions), new ClassTarget(Classes));

    internal override DataPair Load(DataPlaces places) => WithTest(
        GaussianBlobs.Generate(Classes, Points, Dimensions, Spread, Seed), null,
        draw => GaussianBlobs.Generate(Classes, draw.Size, Dimensions, Spread, Seed, draw.Seed, part: 1));
}
