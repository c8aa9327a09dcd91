using Distributed.Engine;
using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>Pictures of circles, squares and triangles with the class of every pixel: segmentation. See <see cref="Scenes"/>.</summary>
public sealed record ScenesData : DataSpec
{
    /// <summary>Training samples.</summary>
    public int Count { get; init; } = 2000;

    /// <summary>Height and width, pixels.</summary>
    public int Side { get; init; } = 24;

    /// <summary>3 channels; else 1.</summary>
    public bool Colour { get; init; }

    /// <summary>Standard deviation of what is added to each pixel, where 0 is black and 1 is white.</summary>
    public float Noise { get; init; } = 0.05f;

    /// <summary>Seed of the samples, apart from the run's seed.</summary>
    public ulong Seed { get; init; }

    public ScenesData() => Scale = Scaling.Unit;

    public override TestPart? Test { get; init; } = new FreshDraw(500);

    private int Channels => Colour ? 3 : 1;

    internal override (Shape Sample, Target Target)? Known =>
        (new Shape(Channels, Side, Side), new ClassMapTarget(Scenes.Classes, Side, Side));

    internal override DataPair Load(DataPlaces places) => WithTest(
        Scenes.Generate(Count, Side, Channels, Noise, Seed), null,
        draw => Scenes.Generate(draw.Size, Side, Channels, Noise, draw.Seed, part: 1));
}
