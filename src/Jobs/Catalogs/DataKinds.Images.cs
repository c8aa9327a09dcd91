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
}
