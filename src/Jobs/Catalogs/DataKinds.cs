using Distributed.Engine.Data;

namespace Distributed.Jobs.Catalogs;

/// <remarks>Generated data has files of its own beside this one (points of the plane, images), and so have images and arrays in files.</remarks>
internal static partial class DataKinds
{
    public static Family Family { get; } = new("data", "data", "kinds of data",
        Blobs(), Cifar10(), Circles(), Csv(), Glyphs(), Idx(), Images(), Moons(), Npy(), Scenes(), Sine(),
        Spiral(), Xor());

    /// <summary>A folder, or none: that of the downloaded set.</summary>
    private static OptionalType Downloadable => new(CommonTypes.Path, "downloaded");

    private static IntegerType Samples => new(1, JobLimits.MaxSamples);

    private static Kind Csv() =>
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
            Test<CsvData>(new HeldOut(0.2f), "file", "fraction", "training"));

    private static Kind Idx() =>
        Kind.Of("idx", "Images in the four IDX files of MNIST and its kin, each plain or with .gz.",
            values => new IdxData
            {
                Folder = values.Get<string?>("folder"),
                Set = values.Text("set"),
                Scale = values.Get<Scaling>("scale"),
                Test = values.Get<TestPart?>("test"),
            },
            Key.Optional<IdxData>("folder", Downloadable, null, d => d.Folder, "The folder of the four files; downloaded: where `data get` keeps them.",
                main: true, inAnswer: false),
            Key.Optional<IdxData>("set", new WordType<string>("set", ("mnist", "mnist"), ("fashion-mnist", "fashion-mnist")), "mnist", d => d.Set,
                "What `data get` was told, where the folder is the downloaded one.", inAnswer: false),
            Scale<IdxData>(Scaling.Unit),
            Test<IdxData>(new OwnTestPart(), "own", "fraction", "training"));

    private static Key Scale<T>(Scaling value) where T : DataSpec => Key.Optional<T>("scale", CommonTypes.Scaling, value, d => d.Scale,
        "unit: divided by 255; standardize: less the mean, divided by the standard deviation, both of the training part.");

    private static Key Test<T>(TestPart value, params string[] only) where T : DataSpec => Key.Optional<T>("test",
        new ChoiceType(TestPartKinds.Family, "none", only), value, d => d.Test, "What accuracy is measured on.");

    private static Key Seed<T>(string of, Func<T, object?> get) where T : DataSpec =>
        Key.Optional<T>("seed", CommonTypes.Seed, 0L, get, $"Seed of the {of}, apart from the run's seed.");
}
