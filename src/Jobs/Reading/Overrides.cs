using System.Globalization;
using Distributed.Jobs.Catalogs;

namespace Distributed.Jobs.Reading;

/// <summary>Puts <c>--set path=value</c> over the nodes of a job before they are checked.</summary>
internal static class Overrides
{
    public static void Apply(MappingNode root, IReadOnlyList<string> overrides, ReadContext context)
    {
        if (overrides.Count > JobLimits.MaxOverrides)
            context.Report(context.Start, "", $"{overrides.Count} overrides; at most {JobLimits.MaxOverrides} are read");
        foreach (var text in overrides.Take(JobLimits.MaxOverrides)) new Override(text, context).Apply(root);
    }

    private sealed class Override(string text, ReadContext context)
    {
        private readonly Place _place = new($"--set {(text.Length <= 200 ? text : text[..200] + "…")}", 0, 0);

        public void Apply(MappingNode root)
        {
            var equals = text.IndexOf('=');
            if (equals <= 0)
            {
                Report("", "wanted path=value, as in epochs=3");
                return;
            }
            var path = text[..equals];
            if (Segments(path) is not { } segments)
            {
                Report("", $"wanted a path of names and places in lists, as in model[0].linear.outputs, came {path}");
                return;
            }
            if (YamlTree.Read(text[(equals + 1)..], _ => _place, path, context) is { } value)
                SetKey(root, Catalog.Job, segments.ToArray(), "", value);
        }

        /// <summary>model[0].linear is "model", "[0]", "linear".</summary>
        private static List<string>? Segments(string path)
        {
            var segments = new List<string>();
            foreach (var part in path.Split('.'))
            {
                var pieces = part.Split('[');
                if (pieces[0].Length == 0) return null;
                segments.Add(pieces[0]);
                foreach (var piece in pieces.Skip(1))
                {
                    if (!piece.EndsWith(']') || !int.TryParse(piece[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out _)) return null;
                    segments.Add("[" + piece);
                }
            }
            return segments;
        }

        /// <summary>What stands in place of <paramref name="old"/> once the rest of the path is followed; null: a problem is told.</summary>
        private Node? Replace(Node? old, KeyType type, ReadOnlySpan<string> rest, string path, Node value)
        {
            if (rest.IsEmpty) return value;
            switch (type)
            {
                case SectionType section:
                    return Inside(old, section.Kind, rest, path, value);
                case ChoiceType choice:
                    return InChoice(old, choice, rest, path, value);
                case ListType list:
                    if (Index(rest[0]) is not { } index) return Fail(path, $"is a list: wanted a place in it, as in {path}[0], came {rest[0]}");
                    if (old is not SequenceNode sequence || index >= sequence.Items.Count)
                        return Fail(path, $"has {(old as SequenceNode)?.Items.Count ?? 0} items, numbered from 0; there is no {rest[0]}");
                    if (Replace(sequence.Items[index], list.Item, rest[1..], path + rest[0], value) is not { } item) return null;
                    sequence.Items[index] = item;
                    return sequence;
                default:
                    return Fail(path, $"is {type.Wanted}: there is nothing inside it, so {rest[0]} leads nowhere");
            }
        }

        private Node? InChoice(Node? old, ChoiceType choice, ReadOnlySpan<string> rest, string path, Node value)
        {
            var (name, body) = Chosen(old);
            var current = name is null ? null : choice.Find(name.Text);
            if (choice.Find(rest[0]) is { } named)
            {
                var inside = rest.Length > 1
                    ? Inside(named == current ? body : null, named, rest[1..], $"{path}.{rest[0]}", value)
                    : value;
                return inside is null ? null : new MappingNode(_place, [new Entry(new ScalarNode(_place, rest[0], false), inside)]);
            }
            if (current is null)
                return Fail(path, Nearest.Unknown(choice.Family.Name, rest[0], choice.Names));
            if (current.Find(rest[0]) is null)
                return Fail(path, Nearest.Unknown($"key of {current.Name}", rest[0],
                    [.. current.Keys.Select(key => key.Name), .. choice.Names]));
            return Inside(body, current, rest, $"{path}.{current.Name}", value) is { } changed
                ? new MappingNode(old!.Place, [new Entry(name!, changed)])
                : null;
        }

        /// <summary>Sets a key inside the body of a kind, which may be absent, its main value, or its keys.</summary>
        private MappingNode? Inside(Node? body, Kind kind, ReadOnlySpan<string> rest, string path, Node value)
        {
            var keys = body switch
            {
                MappingNode mapping => mapping,
                null or ScalarNode { IsEmpty: true } => new MappingNode(_place, []),
                _ when kind.Main is { } main => new MappingNode(body.Place, [new Entry(new ScalarNode(body.Place, main.Name, false), body)]),
                _ => new MappingNode(_place, []),
            };
            return SetKey(keys, kind, rest, path, value) ? keys : null;
        }

        private bool SetKey(MappingNode mapping, Kind kind, ReadOnlySpan<string> segments, string path, Node value)
        {
            var name = segments[0];
            var inside = path.Length == 0 ? name : $"{path}.{name}";
            if (kind.Find(name) is not { } key)
            {
                Report(inside, kind.Keys.Count == 0
                    ? $"{kind.Name} has no keys"
                    : Nearest.Unknown($"key of {kind.Name}", name, [.. kind.Keys.Select(k => k.Name)]));
                return false;
            }
            var entry = mapping.Find(name);
            if (Replace(entry?.Value, key.Type, segments[1..], inside, value) is not { } changed) return false;
            if (entry is not null) entry.Value = changed;
            else mapping.Entries.Add(new Entry(new ScalarNode(_place, name, false), changed));
            return true;
        }

        private static (ScalarNode? Name, Node? Body) Chosen(Node? node) => node switch
        {
            ScalarNode { IsEmpty: false } word => (word, null),
            MappingNode { Entries: [var entry] } => (entry.Key, entry.Value),
            _ => (null, null),
        };

        private static int? Index(string segment) =>
            segment[0] == '[' ? int.Parse(segment.AsSpan(1, segment.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture) : null;

        private Node? Fail(string path, string message)
        {
            Report(path, message);
            return null;
        }

        private void Report(string path, string message) => context.Report(_place, path, message);
    }
}
