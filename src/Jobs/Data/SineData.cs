using Distributed.Engine;
using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>Points on a noisy sine: regression. See <see cref="Sine"/>.</summary>
public sealed record SineData : DataSpec
{
    /// <summary>Training samples.</summary>
    public int Count { get; init; } = 200;

    /// <summary>Whole waves from 0 to 1.</summary>
    public float Waves { get; init; } = 1;

    /// <summary>Standard deviation of what is added to the sine.</summary>
    public float Noise { get; init; } = 0.1f;

    /// <summary>Seed of the samples, apart from the run's seed.</summary>
    public ulong Seed { get; init; }

    public override TestPart? Test { get; init; } = new FreshDraw(200);

    internal override (Shape Sample, Target Target)? Known => (new Shape(1), new ValueTarget(new Shape(1)));

    internal override DataPair Load(DataPlaces places) => WithTest(
        Sine.Generate(Count, Waves, Noise, Seed), null, draw => Sine.Generate(draw.Size, Waves, Noise, draw.Seed, part: 1));
}
