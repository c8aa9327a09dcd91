using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Distributed.Jobs.Reading;

/// <summary>Reads text into nodes, within bounds; anchors, aliases and tags are refused, so a node's size is the text's.</summary>
internal static class YamlTree
{
    /// <param name="place">The place of a position in the text: its file and line, or the override that the text is part of.</param>
    /// <returns>Null where the text is no YAML within the bounds; the one problem is reported.</returns>
    public static Node? Read(string text, Func<Mark?, Place> place, string path, ReadContext context)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > JobLimits.MaxTextBytes)
        {
            context.Report(place(null), path, $"the text has {bytes} bytes; at most {JobLimits.MaxTextBytes} are read");
            return null;
        }
        try
        {
            return new Builder(new GuardedParser(new Parser(new StringReader(text))), place).Document();
        }
        catch (RefusedException refused)
        {
            context.Report(place(refused.Mark), path, refused.Message);
            return null;
        }
        catch (YamlException syntax)
        {
            context.Report(place(syntax.Start), path, $"not valid YAML: {Sentence(syntax.Message)}");
            return null;
        }
    }

    private static string Sentence(string message) =>
        message.Length == 0 ? "it cannot be parsed" : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');

    private sealed class RefusedException(Mark mark, string message) : Exception(message)
    {
        public Mark Mark { get; } = mark;
    }

    /// <summary>The library's scanner answers some wrong texts with exceptions that are meant for bugs; nothing but it runs in
    /// <see cref="MoveNext"/>, so there they are the text's fault.</summary>
    private sealed class GuardedParser(Parser parser) : IParser
    {
        public ParsingEvent? Current => parser.Current;

        public bool MoveNext()
        {
            try
            {
                return parser.MoveNext();
            }
            catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException)
            {
                throw new RefusedException(parser.Current?.End ?? new Mark(0, 1, 1), "not valid YAML: it cannot be parsed from here on");
            }
        }
    }

    private sealed class Builder(IParser parser, Func<Mark?, Place> place)
    {
        private int _nodes;

        public Node Document()
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out var end)) return new ScalarNode(place(end.Start), "", false);
            parser.Consume<DocumentStart>();
            var root = Node(0);
            parser.Consume<DocumentEnd>();
            if (parser.Accept<DocumentStart>(out var second))
                throw new RefusedException(second.Start, "a second document begins here; one is wanted");
            parser.Consume<StreamEnd>();
            return root;
        }

        private Node Node(int depth)
        {
            if (parser.Accept<AnchorAlias>(out var alias))
                throw new RefusedException(alias.Start, $"alias *{alias.Value} is refused: a job writes each value where it stands");
            if (!parser.Accept<NodeEvent>(out var node))
                throw new RefusedException(parser.Current?.Start ?? default, "not valid YAML: a value is wanted here");
            if (!node.Anchor.IsEmpty)
                throw new RefusedException(node.Start, $"anchor &{node.Anchor} is refused: a job writes each value where it stands");
            if (!node.Tag.IsEmpty)
                throw new RefusedException(node.Start, $"tag {node.Tag} is refused: a job's keys have their types already");
            if (++_nodes > JobLimits.MaxNodes)
                throw new RefusedException(node.Start, $"more than {JobLimits.MaxNodes} values; a job has at most that many");
            if (depth > JobLimits.MaxDepth)
                throw new RefusedException(node.Start, $"nested deeper than {JobLimits.MaxDepth} levels");

            var at = place(node.Start);
            if (parser.TryConsume<Scalar>(out var scalar))
                return new ScalarNode(at, scalar.Value, scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any));
            if (parser.TryConsume<SequenceStart>(out _))
            {
                var items = new List<Node>();
                while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(Node(depth + 1));
                return new SequenceNode(at, items);
            }
            parser.Consume<MappingStart>();
            var entries = new List<Entry>();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var keyMark = parser.Current?.Start ?? node.Start;
                if (Node(depth + 1) is not ScalarNode key)
                    throw new RefusedException(keyMark, "a key is a word, not a list or a mapping");
                entries.Add(new Entry(key, Node(depth + 1)));
            }
            return new MappingNode(at, entries);
        }
    }
}
