using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Distributed.Engine.Data;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Cli.Predictions;

/// <summary>Predictions as text for people and for programs.</summary>
internal static class PredictionWriter
{
    /// <summary>A table shows so many classes, or outputs, where not all are asked for.</summary>
    public const int Shown = 10;

    private const string ShortNumber = "0.0000", ExactNumber = "R";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Columns side by side, numbers with four digits. Of more than <see cref="Shown"/> classes the first few by rank; of more outputs
    /// the first.</summary>
    public static IEnumerable<string> Table(Model model, IReadOnlyList<string> names, int? top, IReadOnlyList<Prediction> predictions)
    {
        if (model.Target is ClassTarget && model.Target.Classes > Shown) top ??= Shown / 2;
        var rows = new PredictionTable(model, names, top, ShortNumber).Rows(predictions).ToArray();
        var more = rows[0].Length - 1 - Shown;
        if (model.Target is ValueTarget && more > 0)
            for (var row = 0; row < rows.Length; row++) rows[row] = [.. rows[row][..(1 + Shown)], row == 0 ? $"and {more} more" : "..."];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        return rows.Select(row => string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }

    /// <summary>Comma-separated, with a header; numbers with as many digits as give the same bits back.</summary>
    public static IEnumerable<string> Csv(Model model, IReadOnlyList<string> names, int? top, IEnumerable<Prediction> predictions) =>
        new PredictionTable(model, names, top, ExactNumber).Rows(predictions).Select(row => string.Join(',', row.Select(Quoted)));

    /// <summary>An array with an object for each sample, one a line: docs/export.md has its properties. What is no finite number is null.</summary>
    public static IEnumerable<string> Json(Model model, IReadOnlyList<string> names, int? top, IReadOnlyList<Prediction> predictions) =>
        ["[", .. predictions.Select((prediction, i) => Json(model, names, top, prediction) + (i < predictions.Count - 1 ? "," : "")), "]"];

    private static string Json(Model model, IReadOnlyList<string> names, int? top, Prediction prediction)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options)) Write(json, model, names, top, prediction);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void Write(Utf8JsonWriter json, Model model, IReadOnlyList<string> names, int? top, Prediction prediction)
    {
        json.WriteStartObject();
        json.WriteString("sample", prediction.Source);
        if (model.Target is ClassTarget)
        {
            Class(prediction.Classes[0]);
            if (top is { } count)
            {
                json.WriteStartArray("top");
                foreach (var one in PredictionTable.Ranked(prediction).Take(count))
                {
                    json.WriteStartObject();
                    Class(one);
                    json.WritePropertyName(prediction.Probabilities is null ? "score" : "probability");
                    Number(PredictionTable.Of(prediction, one));
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
        }
        if (model.Target is ClassMapTarget map)
        {
            json.WriteStartArray("classes");
            foreach (var row in prediction.Classes.Chunk(map.Width)) Array(json, row, json.WriteNumberValue);
            json.WriteEndArray();
        }
        else
        {
            if (prediction.Probabilities is { } probabilities) Numbers("probabilities", probabilities);
            Numbers(model.Target is ClassTarget ? "scores" : "outputs", prediction.Scores);
        }
        json.WriteEndObject();

        void Class(int one)
        {
            json.WriteNumber("class", one);
            if (names.Count > 0) json.WriteString("class_name", names[one]);
        }

        void Numbers(string name, float[] numbers)
        {
            json.WritePropertyName(name);
            Array(json, numbers, Number);
        }

        void Number(float number)
        {
            if (float.IsFinite(number)) json.WriteNumberValue(number);
            else json.WriteNullValue();
        }
    }

    private static void Array<T>(Utf8JsonWriter json, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray();
        foreach (var item in items) write(item);
        json.WriteEndArray();
    }

    private static string Quoted(string cell) => cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
