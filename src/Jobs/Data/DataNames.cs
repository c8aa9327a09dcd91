using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>How new samples of a job's data are written and named.</summary>
/// <param name="Classes">What the classes are called, in their order: the labels of a CSV file, the sub-folders of a folder of images; empty:
/// they have numbers only.</param>
/// <param name="Table">How lines of a CSV file are read; null: the data is no CSV file.</param>
public sealed record DataNames(IReadOnlyList<string> Classes, CsvColumns? Table = null)
{
    public static DataNames None { get; } = new([]);
}
