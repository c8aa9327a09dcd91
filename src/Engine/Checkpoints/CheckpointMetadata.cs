using System.Collections.Immutable;
using System.Globalization;

namespace Distributed.Engine.Checkpoints;

/// <summary>Reads a file's metadata as what it should be; whatever is not that is a <see cref="CheckpointException"/>.</summary>
internal sealed class CheckpointMetadata(IReadOnlyDictionary<string, string> metadata, string path)
{
    /// <summary>Stands for no number.</summary>
    public const string None = "-";

    public string Text(string key) =>
        metadata.TryGetValue(key, out var text) ? text : throw new CheckpointException($"{path}: there is no metadata \"{key}\"");

    /// <summary>Null where it is not there.</summary>
    public string? Find(string key) => metadata.GetValueOrDefault(key);

    /// <summary>A whole number 0..<paramref name="max"/>.</summary>
    public long Count(string key, long max) =>
        long.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
            ? number
            : throw new CheckpointException($"{path}: metadata \"{key}\" is a whole number from 0 to {max}, got \"{Text(key)}\"");

    public double Number(string key) => Parse(key, Text(key));

    public ImmutableArray<double> Numbers(string key) => [.. Words(key).Select(word => Parse(key, word))];

    /// <summary>A number or <see cref="None"/>, blanks between.</summary>
    public ImmutableArray<double?> OptionalNumbers(string key) =>
        [.. Words(key).Select(word => word == None ? null : (double?)Parse(key, word))];

    /// <summary>name=number, blanks between.</summary>
    public ImmutableArray<(string Name, double Number)> NamedNumbers(string key) => [.. Words(key).Select(word =>
    {
        var parts = word.Split('=');
        return parts.Length == 2 ? (parts[0], Parse(key, parts[1]))
            : throw new CheckpointException($"{path}: metadata \"{key}\" holds name=number, got \"{word}\"");
    })];

    /// <summary>What stands between blanks.</summary>
    public IReadOnlyList<string> Words(string key) => Text(key).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private double Parse(string key, string word) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new CheckpointException($"{path}: metadata \"{key}\" holds numbers, got \"{word}\"");
}
