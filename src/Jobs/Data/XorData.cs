using Distributed.Engine;
using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>The exclusive or of two bits: four points in two classes. See <see cref="Xor"/>.</summary>
public sealed record XorData : DataSpec
{
    /// <summary>How many times the four points are there.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Standard deviation of what is added to each coordinate.</summary>
    public float Noise { get; init; }

    /// <summary>Seed of the noise, apart from the run's seed.</summary>
    public ulong Seed { get; init; }

    public override TestPart? Test { get; init; } = new TrainingPoints();

    internal override (Shape Sample, Target Target)? Known => (new Shape(2), new ClassTarget(2));

    internal override DataPair Load(DataPlaces places) => WithTest(
        Xor.Generate(Copies, Noise, Seed), null, draw => Xor.Generate(draw.Size, Noise, draw.Seed, part: 1));
}
