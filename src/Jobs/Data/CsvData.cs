using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>Samples in a CSV file, one a line. See <see cref="CsvFile"/>.</summary>
public sealed record CsvData : DataSpec
{
    /// <summary>Relative to the job file's folder.</summary>
    public required string File { get; init; }

    /// <summary>The column of the labels: a name in the header, or a number from 1 (negative: from the end).</summary>
    public string Label { get; init; } = "-1";

    /// <summary>Whether the first line names the columns.</summary>
    public bool Header { get; init; } = true;

    /// <summary>A comma, semicolon, tab, space or vertical bar.</summary>
    public char Delimiter { get; init; } = ',';

    public override TestPart? Test { get; init; } = new HeldOut(0.2f);

    internal override DataPair Load(DataPlaces places)
    {
        var (train, own) = Read(places);
        return WithTest(train.Set, own is null ? null : () => own.Set, null);
    }

    internal override DataNames Names(DataPlaces places)
    {
        var train = Read(places).Train;
        return new DataNames(train.ClassNames, new CsvColumns(Options, Header ? train.Features : []));
    }

    private CsvOptions Options => new(Label, Header, Delimiter);

    private (CsvContents Train, CsvContents? Test) Read(DataPlaces places) =>
        CsvFile.Load(places.File(File), Test is TestFile test ? places.File(test.File) : null, Options);

    internal override DataSpec Resolved(DataPlaces places) => this with
    {
        File = places.File(File),
        Test = Test is TestFile test ? new TestFile(places.File(test.File)) : Test,
    };
}
