using System.Globalization;
using System.Text;

namespace Distributed.Engine.Data;

/// <summary>Samples without labels in a CSV file, one a line.</summary>
/// <remarks>
/// Where the model was trained with a CSV file of named columns and the first line names columns too, they are found by name, in any order,
/// and columns of other names are passed over. Else there is a number for each feature, in order; a label may stand where it stood in
/// training, and is passed over. A first line that is no numbers is a header. UTF-8; empty lines are dropped.
/// </remarks>
/// <param name="sample">The shape of a sample.</param>
/// <param name="table">How the training samples were read; null: they came from no CSV file, and a comma (in .tsv a tab) separates.</param>
internal sealed class NewRows(Shape sample, Scaler scaler, CsvColumns? table)
{
    private readonly int _width = sample.SampleElements;

    /// <exception cref="DataException">The file cannot be read, or a line of it not be used.</exception>
    public List<(int Line, float[] Features)> Read(string path)
    {
        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
            return Read(reader, path);
        }
        catch (DecoderFallbackException error)
        {
            throw new DataException($"{path}: not UTF-8 text: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    private List<(int Line, float[] Features)> Read(TextReader reader, string path)
    {
        var delimiter = table?.Options.Delimiter ?? (path.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) ? '\t' : ',');
        var rows = new List<(int Line, float[] Features)>();
        var fields = new List<string>();
        int[]? places = null;
        var columns = 0;
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            CsvTable.Cut(line, delimiter, fields, path, number);
            if (places is null)
            {
                columns = fields.Count;
                var isHeader = IsHeader(fields);
                places = Places(fields, isHeader, path, number);
                if (isHeader) continue;
            }
            if (fields.Count != columns) throw new DataException($"{path} line {number}: {columns} columns are wanted, got {fields.Count}");
            if ((rows.Count + 1L) * _width > NewSamples.MaxFeatures)
                throw new DataException($"{path} line {number}: more than {NewSamples.MaxFeatures} numbers are not read at once");
            var features = new float[_width];
            for (var i = 0; i < _width; i++)
            {
                if (!IsNumber(fields[places[i]], out var x))
                    throw new DataException($"{path} line {number} column {places[i] + 1}: a finite number is wanted, got \"{fields[places[i]]}\"");
                features[i] = scaler.Apply(x, i);
            }
            rows.Add((number, features));
        }
        return rows.Count > 0 ? rows : throw new DataException($"{path}: there is no sample in it");
    }

    /// <summary>Whether the first line names columns. One field that is no number does not make it so where it may be a label.</summary>
    private bool IsHeader(List<string> fields)
    {
        if (table is { Features: [_, ..] names } && fields.Contains(names[0])) return true;
        var others = fields.Count(field => !IsNumber(field, out _));
        return others > (table is not null && !table.Options.Header && fields.Count == _width + 1 ? 1 : 0);
    }

    /// <summary>In which column each feature stands.</summary>
    private int[] Places(List<string> first, bool isHeader, string path, int line)
    {
        if (isHeader && table is { Features: [_, ..] names })
        {
            var twice = names.FirstOrDefault(name => first.FindAll(other => other == name).Count > 1);
            if (twice is not null) throw new DataException($"{path} line {line}: two columns are named \"{twice}\"; one is wanted");
            string[] missing = [.. names.Where(name => !first.Contains(name))];
            if (missing.Length > 0)
                throw new DataException($"{path} line {line}: there is no column {string.Join(", ", missing.Select(name => $"\"{name}\""))}, with which the model "
                    + $"was trained; there are {string.Join(", ", first)}");
            return [.. names.Select(name => first.IndexOf(name))];
        }
        if (first.Count == _width) return [.. Enumerable.Range(0, _width)];
        if (table is { } known && first.Count == _width + 1)
        {
            var label = int.TryParse(known.Options.Label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                ? CsvTable.LabelColumn(first, known.Options with { Header = false }, path)
                : throw new DataException($"{path} line {line}: {_width + 1} columns without names; the names of the columns are wanted in the first line, or "
                    + $"{_width} numbers");
            return [.. Enumerable.Range(0, first.Count).Where(column => column != label)];
        }
        throw new DataException($"{path} line {line}: {_width} numbers are wanted (samples have shape {sample}), got {first.Count} columns");
    }

    private static bool IsNumber(string field, out float number) =>
        float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && float.IsFinite(number);
}
