using Distributed.Engine.Data;

namespace Distributed.Jobs.Catalogs;

internal static class DataKinds
{
    private static readonly IntegerType Samples = new(1, JobLimits.MaxSamples);

    public static Family Family { get; } = new("data", "data", "kinds of data",
        Kind.Of("csv", "Samples in a CSV file, one a line: numbers in every column but the label's.",
            values => new CsvData
            {
                File = values.Text("file"),
                Label = values.Text("label"),
                Header = values.Flag("header"),
                Delimiter = values.Get<char>("delimiter"),
                Scale = values.Get<Scaling>("scale"),
                Test = values.Get<TestPart?>("test"),
            },
            Key.Needed<CsvData>("file", CommonTypes.Path, d => d.File, "The file.", main: true, inAnswer: false),
            Key.Optional<CsvData>("label", new TextType("a column's name in the header, or its number from 1 (-1 is the last)", 256),
                "-1", d => d.Label, "The column of the labels."),
            Key.Optional<CsvData>("header", new FlagType(), true, d => d.Header, "Whether the first line names the columns."),
            Key.Optional<CsvData>("delimiter", new WordType<char>("delimiter",
                ("comma", ','), ("semicolon", ';'), ("tab", '\t'), ("space", ' '), ("bar", '|')), ',', d => d.Delimiter,
                "What stands between two fields."),
            Scale<CsvData>(Scaling.None),
            Test<CsvData>(new HeldOut(0.2f), "file", "fraction", "training")),
        Kind.Of("idx", "Images in the four IDX files of MNIST and its kin, each plain or with .gz.",
            values => new IdxData
            {
                Folder = values.Text("folder"),
                Scale = values.Get<Scaling>("scale"),
                Test = values.Get<TestPart?>("test"),
            },
            Key.Needed<IdxData>("folder", CommonTypes.Path, d => d.Folder, "The folder of the four files.", main: true, inAnswer: false),
            Scale<IdxData>(Scaling.Unit),
            Test<IdxData>(new OwnTestPart(), "own", "fraction", "training")),
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
            Key.Optional<SpiralData>("seed", CommonTypes.Seed, 0L, d => d.Seed, "Seed of the points, apart from the run's seed."),
            Scale<SpiralData>(Scaling.None),
            Test<SpiralData>(new TrainingPoints(), "draw", "fraction", "training")),
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
            Key.Optional<XorData>("noise", new NumberType(0, 1000), 0f, d => d.Noise,
                "Standard deviation of what is added to each coordinate."),
            Key.Optional<XorData>("seed", CommonTypes.Seed, 0L, d => d.Seed, "Seed of the noise, apart from the run's seed."),
            Scale<XorData>(Scaling.None),
            Test<XorData>(new TrainingPoints(), "draw", "fraction", "training")));

    private static Key Scale<T>(Scaling value) where T : DataSpec => Key.Optional<T>("scale", CommonTypes.Scaling, value, d => d.Scale,
        "unit: divided by 255; standardize: less the mean, divided by the standard deviation, both of the training part.");

    private static Key Test<T>(TestPart value, params string[] only) where T : DataSpec => Key.Optional<T>("test",
        new ChoiceType(TestPartKinds.Family, "none", only), value, d => d.Test, "What accuracy is measured on.");
}
