namespace Distributed.Jobs.Reading;

/// <summary>Where a piece of a job's text stands. Line and column count from 1; 0 where the text is no file.</summary>
internal readonly record struct Place(string File, int Line, int Column);

/// <summary>YAML as it stands in the text: with places, and with duplicate keys still there to be complained about.</summary>
internal abstract class Node(Place place)
{
    public Place Place { get; } = place;

    /// <summary>The node in a sentence: <c>came {Described}</c>.</summary>
    public abstract string Described { get; }
}

internal sealed class ScalarNode(Place place, string text, bool quoted) : Node(place)
{
    private const int MaxShown = 60;

    public string Text { get; } = text;

    public bool Quoted { get; } = quoted;

    /// <summary>A key with nothing behind it.</summary>
    public bool IsEmpty => !Quoted && Text.Length == 0;

    public override string Described => IsEmpty ? "nothing" : Quoted ? $"\"{Shown}\"" : Shown;

    private string Shown => Text.Length <= MaxShown ? Text : Text[..MaxShown] + "…";
}

internal sealed class SequenceNode(Place place, List<Node> items) : Node(place)
{
    public List<Node> Items { get; } = items;

    public override string Described => Items.Count == 1 ? "a list of 1" : $"a list of {Items.Count}";
}

internal sealed class MappingNode(Place place, List<Entry> entries) : Node(place)
{
    private const int MaxShown = 6;

    public List<Entry> Entries { get; } = entries;

    /// <summary>The first entry of that key.</summary>
    public Entry? Find(string key) => Entries.Find(entry => entry.Key.Text == key);

    public override string Described => Entries.Count == 0
        ? "an empty mapping"
        : $"keys ({string.Join(", ", Entries.Take(MaxShown).Select(e => e.Key.Text))}{(Entries.Count > MaxShown ? ", …" : "")})";
}

internal sealed class Entry(ScalarNode key, Node value)
{
    public ScalarNode Key { get; } = key;

    public Node Value { get; set; } = value;
}
