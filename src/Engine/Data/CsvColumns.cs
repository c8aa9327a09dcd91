namespace Distributed.Engine.Data;

/// <summary>The columns of the CSV file that a model was trained with.</summary>
/// <param name="Features">Names of the feature columns in their order; empty: the file had no header.</param>
public sealed record CsvColumns(CsvOptions Options, IReadOnlyList<string> Features);
