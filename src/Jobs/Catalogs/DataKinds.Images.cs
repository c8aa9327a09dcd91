using Distributed.Engine.Data;

namespace Distributed.Jobs.Catalogs;

/// <summary>Generated images.</summary>
internal static partial class DataKinds
{
    private static Kind Glyphs() =>
        Kind.Of("glyphs", "Digits drawn anew for each sample, 28 by 28 pixels, in ten classes: nothing is downloaded.",
            values => new GlyphsData
            {
                Count = values.Int("count"),
                Noise = values.Number("noise"),
                Distortion = values.Number("distortion"),
                Seed = values.Seed("seed"),
                Scale = values.Get<Scaling>("scale"),
                Test = values.Get<TestPart?>("test"),
            },
            Key.Optional<GlyphsData>("count", new IntegerType(1, Engine.Data.Glyphs.MaxCount), 10_000L, d => d.Count, "Training samples.",
                main: true),
            Key.Optional<GlyphsData>("noise", new NumberType(0, 1), 0.1f, d => d.Noise,
                "Standard deviation of what is added to each pixel; 0 is paper, 1 is ink."),
            Key.Optional<GlyphsData>("distortion", new NumberType(0, Engine.Data.Glyphs.MaxDistortion), 1f, d => d.Distortion,
                "How much the digits of a class differ; 0: only in how people write them."),
            Seed<GlyphsData>("samples", d => d.Seed),
            Scale<GlyphsData>(Scaling.Unit),
            Test<GlyphsData>(new FreshDraw(2000), "draw", "fraction", "training"));

    private static Kind Scenes() =>
        Kind.Of("scenes", "Pictures of circles, squares and triangles with the class of every pixel (0 is the ground): segmentation.",
            values => new ScenesData
            {
                Count = values.Int("count"),
                Side = values.Int("side"),
                Colour = values.Flag("colour"),
                Noise = values.Number("noise"),
                Seed = values.Seed("seed"),
                Scale = values.Get<Scaling>("scale"),
                Test = values.Get<TestPart?>("test"),
            },
            Key.Optional<ScenesData>("count", Samples, 2000L, d => d.Count, "Training samples.", main: true),
            Key.Optional<ScenesData>("side", new IntegerType(Engine.Data.Scenes.MinSide, Engine.Data.Scenes.MaxSide), 24L, d => d.Side,
                "Height and width, in pixels."),
            Key.Optional<ScenesData>("colour", new FlagType(), false, d => d.Colour, "Whether there are three channels; else one."),
            Key.Optional<ScenesData>("noise", new NumberType(0, 1), 0.05f, d => d.Noise,
                "Standard deviation of what is added to each pixel; 0 is black, 1 is white."),
            Seed<ScenesData>("samples", d => d.Seed),
            Scale<ScenesData>(Scaling.Unit),
            Test<ScenesData>(new FreshDraw(500), "draw", "fraction", "training"));
}
