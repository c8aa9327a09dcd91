using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Distributed.Engine.Data;

/// <summary>A CSV file's lines, taken apart: numbers and label texts.</summary>
internal sealed class CsvTable
{
    private readonly List<float> _features = [];

    private CsvTable(string path, ImmutableArray<string> features) => (Path, Features) = (path, features);

    public string Path { get; }

    public ImmutableArray<string> Features { get; }

    public List<string> Labels { get; } = [];

    public static CsvTable Read(string path, CsvOptions options)
    {
        if (options.Delimiter is '"' or '\n' or '\r')
            throw new DataException("the delimiter of a CSV file is any character but a quote or a line break");
        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
            return Read(reader, path, options);
        }
        catch (DecoderFallbackException error)
        {
            throw new DataException($"{path}: not UTF-8 text: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw DataException.CannotBeRead(path, error);
        }
    }

    public CsvContents Contents(Dictionary<string, int> classes, ImmutableArray<string> names)
    {
        var labels = Labels.ConvertAll(label => classes[label]).ToArray();
        return new CsvContents(new MemoryDataSet(_features.ToArray(), labels, new Shape(Features.Length), names.Length), Features, names);
    }

    private static CsvTable Read(TextReader reader, string path, CsvOptions options)
    {
        CsvTable? table = null;
        var fields = new List<string>();
        int columns = 0, label = 0, number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            Cut(line, options.Delimiter, fields, path, number);
            if (table is null)
            {
                columns = fields.Count;
                label = LabelColumn(fields, options, path);
                var names = fields.Select((name, i) => options.Header ? name : $"column {i + 1}").ToList();
                names.RemoveAt(label);
                if (names.Count == 0)
                    throw new DataException($"{path} line {number}: a label and at least one feature are wanted, got one column");
                table = new CsvTable(path, [.. names]);
                if (options.Header) continue;
            }
            if (fields.Count != columns)
                throw new DataException($"{path} line {number}: {columns} columns are wanted, got {fields.Count}");
            table.Add(fields, label, number);
        }
        if (table is null || table.Labels.Count == 0) throw new DataException($"{path}: there is no sample in it");
        return table;
    }

    private void Add(List<string> fields, int label, int line)
    {
        if (_features.Count + (long)fields.Count > Array.MaxLength)
            throw new DataException($"{Path} line {line}: more than {Array.MaxLength} numbers are not read");
        for (var i = 0; i < fields.Count; i++)
        {
            if (i == label)
            {
                if (fields[i].Length == 0)
                    throw new DataException($"{Path} line {line} column {i + 1}: a label is wanted, the field is empty");
                Labels.Add(fields[i]);
            }
            else if (float.TryParse(fields[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var x) && float.IsFinite(x))
            {
                _features.Add(x);
            }
            else
            {
                throw new DataException($"{Path} line {line} column {i + 1}: a finite number is wanted, got \"{fields[i]}\"");
            }
        }
    }

    internal static int LabelColumn(List<string> first, CsvOptions options, string path)
    {
        if (options.Header)
        {
            var named = first.FindAll(name => name == options.Label).Count;
            if (named > 1)
                throw new DataException($"{path}: {named} columns are named \"{options.Label}\"; one label column is wanted");
            if (named == 1) return first.IndexOf(options.Label);
        }
        if (int.TryParse(options.Label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var column))
        {
            var index = column > 0 ? column - 1 : first.Count + column;
            if (column != 0 && index >= 0 && index < first.Count) return index;
        }
        throw new DataException(options.Header
            ? $"{path}: there is no column \"{options.Label}\" for the labels; there are {string.Join(", ", first)}"
            : $"{path}: the label column is 1 to {first.Count}, or -1 to -{first.Count} from the end, got {options.Label}");
    }

    /// <summary>Takes a line apart.</summary>
    /// <param name="fields">Cleared, then filled.</param>
    internal static void Cut(string line, char delimiter, List<string> fields, string path, int number)
    {
        fields.Clear();
        var text = new StringBuilder();
        for (var at = 0; ;)
        {
            while (at < line.Length && char.IsWhiteSpace(line[at]) && line[at] != delimiter) at++;
            if (at < line.Length && line[at] == '"')
            {
                text.Clear();
                for (at++; ; at++)
                {
                    if (at == line.Length)
                        throw new DataException($"{path} line {number} column {fields.Count + 1}: the closing quote is missing");
                    if (line[at] == '"' && (++at == line.Length || line[at] != '"')) break;
                    text.Append(line[at]);
                }
                while (at < line.Length && char.IsWhiteSpace(line[at]) && line[at] != delimiter) at++;
                if (at < line.Length && line[at] != delimiter)
                    throw new DataException($"{path} line {number} column {fields.Count + 1}: " +
                        $"a delimiter is wanted behind the closing quote, got '{line[at]}'");
                fields.Add(text.ToString());
            }
            else
            {
                var end = line.IndexOf(delimiter, at);
                if (end < 0) end = line.Length;
                fields.Add(line[at..end].TrimEnd());
                at = end;
            }
            if (at >= line.Length) return;
            at++; // the delimiter; a field follows it even at the end of the line
        }
    }
}
