using System.Globalization;
using System.Text;
using Distributed.Jobs.Reading;

namespace Distributed.Jobs.Writing;

/// <summary>Nodes as YAML text: one text for equal nodes, whatever the machine.</summary>
internal static class YamlText
{
    /// <summary>A mapping or list is written on one line if it fits in this many characters.</summary>
    private const int MaxFlow = 100;

    public static string Of(MappingNode root)
    {
        var text = new StringBuilder();
        foreach (var entry in root.Entries) Key(text, entry, 0, "");
        return text.ToString();
    }

    /// <summary>On one line: <c>{rate: 0.1, momentum: 0.9}</c>.</summary>
    public static string Flow(Node node) => node switch
    {
        ScalarNode scalar => Scalar(scalar),
        SequenceNode list => $"[{string.Join(", ", list.Items.Select(Flow))}]",
        MappingNode mapping => $"{{{string.Join(", ", mapping.Entries.Select(e => $"{Scalar(e.Key)}: {Flow(e.Value)}"))}}}",
        _ => throw new ArgumentException($"no text for {node.GetType().Name}", nameof(node)),
    };

    /// <param name="lead">What stands before the first line's key instead of indentation: "- " of a list's item.</param>
    private static void Key(StringBuilder text, Entry entry, int indent, string lead)
    {
        text.Append(' ', indent - lead.Length).Append(lead).Append(Scalar(entry.Key)).Append(':');
        var flow = Flow(entry.Value);
        var small = entry.Value is ScalarNode or SequenceNode { Items: [] } or MappingNode { Entries: [] };
        if (small || (indent > 0 && flow.Length <= MaxFlow)) text.Append(' ').Append(flow).Append('\n');
        else Block(text.Append('\n'), entry.Value, indent + 2);
    }

    private static void Block(StringBuilder text, Node node, int indent)
    {
        if (node is MappingNode mapping)
            foreach (var entry in mapping.Entries) Key(text, entry, indent, "");
        else if (node is SequenceNode list)
            foreach (var item in list.Items)
                if (item is MappingNode { Entries: [var only] }) Key(text, only, indent + 2, "- ");
                else text.Append(' ', indent).Append("- ").Append(Flow(item)).Append('\n');
    }

    private static string Scalar(ScalarNode scalar)
    {
        if (!scalar.Quoted) return scalar.Text;
        if (scalar.Text.Length > 0 && char.IsAsciiLetter(scalar.Text[0]) && scalar.Text.All(IsPlain)) return scalar.Text;
        var text = new StringBuilder("\"");
        foreach (var c in scalar.Text)
        {
            if (c is '"' or '\\') text.Append('\\').Append(c);
            else if (char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF')
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else text.Append(c);
        }
        return text.Append('"').ToString();
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/';
}
