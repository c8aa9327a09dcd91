using Distributed.Engine;
using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>Digits drawn anew for each sample, 28 by 28 pixels. See <see cref="Glyphs"/>.</summary>
public sealed record GlyphsData : DataSpec
{
    /// <summary>Training samples.</summary>
    public int Count { get; init; } = 10_000;

    /// <summary>Standard deviation of what is added to each pixel, where 0 is paper and 1 is ink.</summary>
    public float Noise { get; init; } = 0.1f;

    /// <summary>How much the digits of a class differ; 0: not at all.</summary>
    public float Distortion { get; init; } = 1;

    /// <summary>Seed of the samples, apart from the run's seed.</summary>
    public ulong Seed { get; init; }

    public GlyphsData() => Scale = Scaling.Unit;

    public override TestPart? Test { get; init; } = new FreshDraw(2000);

    internal override (Shape Sample, Target Target)? Known =>
        (new Shape(1, Glyphs.Side, Glyphs.Side), new ClassTarget(Glyphs.Classes));

    internal override DataPair Load(DataPlaces places) => WithTest(
        Glyphs.Generate(Count, Noise, Distortion, Seed), null,
        draw => Glyphs.Generate(draw.Size, Noise, Distortion, draw.Seed, part: 1));
}
