using Distributed.Engine.Data;

namespace Distributed.Jobs.Catalogs;

/// <summary>Generated points.</summary>
internal static partial class DataKinds
{
    private static Kind Blobs() =>
        Kind.Of("blobs", "Round clouds of points, one class a cloud, all equally wide.",
            values => new BlobsData
            {
                Classes = values.Int("classes"),
                Points = values.Int("points"),
                Dimensions = values.Int("dimensions"),
                Spread = values.Number("spread"),
                Seed = values.Seed("seed"),
                Scale = values.Get<Scaling>("scale"),
                Test = values.Get<TestPart?>("test"),
            },
            Key.Optional<BlobsData>("classes", new IntegerType(2, 1000), 3L, d => d.Classes, "Clouds, each a class."),
            Key.Optional<BlobsData>("points", Samples, 100L, d => d.Points, "Points of a cloud."),
            Key.Optional<BlobsData>("dimensions", new IntegerType(1, JobLimits.MaxFeatures), 2L, d => d.Dimensions,
                "Features of a sample."),
            Key.Optional<BlobsData>("spread", new NumberType(0, 1000), 0.2f, d => d.Spread,
                "Standard deviation of a cloud in each dimension; centres are from -1 to 1."),
            Seed<BlobsData>("centres and points", d => d.Seed),
            Scale<BlobsData>(Scaling.None),
            Test<BlobsData>(new TrainingPoints(), "draw", "fraction", "training"));

    private static Kind Circles() =>
        Kind.Of("circles", "A circle of points around a smaller one, one class each.",
            values => new CirclesData
            {
                Points = values.Int("points"),
                Ratio = values.Number("ratio"),
                Noise = values.Number("noise"),
                Seed = values.Seed("seed"),
                Scale = values.Get<Scaling>("scale"),
                Test = values.Get<TestPart?>("test"),
            },
            Key.Optional<CirclesData>("points", Samples, 100L, d => d.Points, "Points of a circle."),
            Key.Optional<CirclesData>("ratio", new NumberType(0, 1, above: true, below: true), 0.5f, d => d.Ratio,
                "Radius of the inner circle; the outer one's is 1."),
            Noise<CirclesData>(0.1f, d => d.Noise),
            Seed<CirclesData>("noise", d => d.Seed),
            Scale<CirclesData>(Scaling.None),
            Test<CirclesData>(new TrainingPoints(), "draw", "fraction", "training"));

    private static Kind Moons() =>
        Kind.Of("moons", "Two half circles of points that reach into each other, one class each.",
            values => new MoonsData
            {
                Points = values.Int("points"),
                Noise = values.Number("noise"),
                Seed = values.Seed("seed"),
                Scale = values.Get<Scaling>("scale"),
                Test = values.Get<TestPart?>("test"),
            },
            Key.Optional<MoonsData>("points", Samples, 100L, d => d.Points, "Points of a moon."),
            Noise<MoonsData>(0.1f, d => d.Noise),
            Seed<MoonsData>("noise", d => d.Seed),
            Scale<MoonsData>(Scaling.None),
            Test<MoonsData>(new TrainingPoints(), "draw", "fraction", "training"));

    private static Kind Sine() =>
        Kind.Of("sine", "Points on a noisy sine over [0, 1): regression, one number from one number.",
            values => new SineData
            {
                Count = values.Int("count"),
                Waves = values.Number("waves"),
                Noise = values.Number("noise"),
                Seed = values.Seed("seed"),
                Scale = values.Get<Scaling>("scale"),
                Test = values.Get<TestPart?>("test"),
            },
            Key.Optional<SineData>("count", Samples, 200L, d => d.Count, "Training samples.", main: true),
            Key.Optional<SineData>("waves", new NumberType(0, Engine.Data.Sine.MaxWaves, above: true), 1f, d => d.Waves,
                "Whole waves from 0 to 1."),
            Key.Optional<SineData>("noise", new NumberType(0, 1000), 0.1f, d => d.Noise, "Standard deviation of what is added to the sine."),
            Seed<SineData>("samples", d => d.Seed),
            Scale<SineData>(Scaling.None),
            Test<SineData>(new FreshDraw(200), "draw", "fraction", "training"));

    private static Kind Spiral() =>
        Kind.Of("spiral", "Points in the plane on interleaved spiral arms, one class an arm.",
            values => new SpiralData
            {
                Arms = values.Int("arms"),
                Points = values.Int("points"),
                Noise = values.Number("noise"),
                Seed = values.Seed("seed"),
                Scale = values.Get<Scaling>("scale"),
                Test = values.Get<TestPart?>("test"),
            },
            Key.Optional<SpiralData>("arms", new IntegerType(2, 1000), 3L, d => d.Arms, "Arms, each a class."),
            Key.Optional<SpiralData>("points", Samples, 100L, d => d.Points, "Points of an arm."),
            Key.Optional<SpiralData>("noise", new NumberType(0, 1000), 0.2f, d => d.Noise, "Standard deviation of the angle, in radians."),
            Seed<SpiralData>("points", d => d.Seed),
            Scale<SpiralData>(Scaling.None),
            Test<SpiralData>(new TrainingPoints(), "draw", "fraction", "training"));

    private static Kind Xor() =>
        Kind.Of("xor", "The exclusive or of two bits: the points (0,0), (0,1), (1,0), (1,1) with labels 0, 1, 1, 0.",
            values => new XorData
            {
                Copies = values.Int("copies"),
                Noise = values.Number("noise"),
                Seed = values.Seed("seed"),
                Scale = values.Get<Scaling>("scale"),
                Test = values.Get<TestPart?>("test"),
            },
            Key.Optional<XorData>("copies", Samples, 1L, d => d.Copies, "How many times the four points are there."),
            Noise<XorData>(0f, d => d.Noise),
            Seed<XorData>("noise", d => d.Seed),
            Scale<XorData>(Scaling.None),
            Test<XorData>(new TrainingPoints(), "draw", "fraction", "training"));

    private static Key Noise<T>(float value, Func<T, object?> get) where T : DataSpec =>
        Key.Optional<T>("noise", new NumberType(0, 1000), value, get, "Standard deviation of what is added to each coordinate.");
}
