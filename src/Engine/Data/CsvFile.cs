using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Distributed.Engine.Data;

/// <summary>How a CSV file is to be read.</summary>
/// <param name="Label">The column of the labels: a name in the header, or a number counted from 1 (negative: from the end, −1 is the
/// last).</param>
/// <param name="Header">Whether the first line names the columns.</param>
/// <param name="Delimiter">Any character but a quote or a line break.</param>
public sealed record CsvOptions(string Label = "-1", bool Header = true, char Delimiter = ',');

/// <summary>What a CSV file holds, not scaled.</summary>
/// <param name="Features">Names of the feature columns; "column 3" where there is no header.</param>
/// <param name="ClassNames">The label texts in class order; for whole-number labels those numbers.</param>
public sealed record CsvContents(MemoryDataSet Set, ImmutableArray<string> Features, ImmutableArray<string> ClassNames);

/// <summary>Reads samples from a CSV file: one a line, numbers in every column but the label's.</summary>
/// <remarks>
/// UTF-8; fields may stand in double quotes, with "" for a quote, but do not run over a line's end; blanks around a field and empty
/// lines are dropped. Numbers are written with a point. Labels: where every label is a whole number, at least 0, it is the class;
/// else labels are names, and classes are numbered in the names' ordinal order.
/// </remarks>
public static class CsvFile
{
    /// <summary>More classes than this are a label column that is none.</summary>
    public const int MaxClasses = 1 << 16;

    /// <exception cref="DataException">The file cannot be read, or something in it cannot be used: with its line and column.</exception>
    public static CsvContents Load(string path, CsvOptions options) => Load(path, null, options).Train;

    /// <summary>Two files of the same columns; labels of both are numbered together.</summary>
    public static (CsvContents Train, CsvContents? Test) Load(string trainPath, string? testPath, CsvOptions options)
    {
        var train = CsvTable.Read(trainPath, options);
        var test = testPath is null ? null : CsvTable.Read(testPath, options);
        if (test is not null && test.Features.Length != train.Features.Length)
            throw new DataException($"{trainPath} has {train.Features.Length} feature columns, " +
                $"{testPath} has {test.Features.Length}; " +
                "they must have the same columns");
        for (var i = 0; options.Header && test is not null && i < train.Features.Length; i++)
            if (train.Features[i] != test.Features[i])
                throw new DataException($"feature column {i + 1} is \"{train.Features[i]}\" in {trainPath} " +
                    $"and \"{test.Features[i]}\" in {testPath}; they must have the same columns");

        var names = ClassNames(train, test);
        var classes = new Dictionary<string, int>();
        for (var i = 0; i < names.Length; i++) classes.Add(names[i], i);
        return (train.Contents(classes, names), test?.Contents(classes, names));
    }

    private static ImmutableArray<string> ClassNames(CsvTable train, CsvTable? test)
    {
        var labels = new SortedSet<string>(train.Labels, StringComparer.Ordinal);
        if (test is not null) labels.UnionWith(test.Labels);
        var largest = -1;
        var allNumbers = labels.All(label =>
        {
            if (!int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number.ToString() != label)
                return false;
            largest = Math.Max(largest, number);
            return true;
        });
        var classes = allNumbers ? (long)largest + 1 : labels.Count;
        if (classes > MaxClasses)
            throw new DataException($"{train.Path}: the label column makes {classes} classes, at most {MaxClasses} are wanted; " +
                "is it the right column?");
        return allNumbers ? [.. Enumerable.Range(0, largest + 1).Select(number => number.ToString())] : [.. labels];
    }
}
