namespace Distributed.Jobs.Catalogs;

internal static class TestPartKinds
{
    public static Family Family { get; } = new("test part", "a test part", "test parts",
        Kind.Of("draw", "A fresh draw of generated data; never the training points, whatever the seed.",
            values => new FreshDraw(values.Int("size"), values.Seed("seed")),
            Key.Needed<FreshDraw>("size", new IntegerType(1, JobLimits.MaxSamples), d => d.Size,
                "What the data counts: samples (glyphs), points of a class (spiral, moons), copies of the four points (xor).", main: true),
            Key.Optional<FreshDraw>("seed", CommonTypes.Seed, 0L, d => d.Seed, "Seed of the draw.")),
        Kind.Of("file", "A second file of the same columns.",
            values => new TestFile(values.Text("file")),
            Key.Needed<TestFile>("file", CommonTypes.Path, t => t.File, "The file.", main: true, inAnswer: false)),
        Kind.Of("fraction", "A share of the samples, held out of training.",
            values => new HeldOut(values.Number("share"), values.Seed("seed")),
            Key.Needed<HeldOut>("share", new NumberType(0, 1, above: true, below: true), h => h.Share, "Share of all samples.", main: true),
            Key.Optional<HeldOut>("seed", CommonTypes.Seed, 0L, h => h.Seed, "Picks which samples.")),
        Kind.Of("own", "The test part that the data set comes with.", _ => new OwnTestPart()),
        Kind.Of("training", "The training samples themselves: what is learned by heart counts too.", _ => new TrainingPoints()));
}
