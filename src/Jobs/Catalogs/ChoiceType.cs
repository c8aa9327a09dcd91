using System.Text.Json.Nodes;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs.Catalogs;

/// <summary>One kind of a family: <c>name</c>, <c>name: main value</c> or <c>name: {key: value, …}</c>.</summary>
/// <param name="nothing">The word for no choice at all (null in C#): "none"; null: a kind must be chosen.</param>
/// <param name="only">The names allowed here; null: all of the family.</param>
public sealed class ChoiceType(Family family, string? nothing = null, IReadOnlyList<string>? only = null) : KeyType
{
    public Family Family { get; } = family;

    public string? Nothing { get; } = nothing;

    /// <summary>The words that may stand here, <see cref="Nothing"/> included, in alphabetical order.</summary>
    public IReadOnlyList<string> Names { get; } =
        [.. (only ?? [.. family.Kinds.Select(kind => kind.Name)]).Concat(nothing is null ? [] : [nothing]).Order(StringComparer.Ordinal)];

    public override string Wanted => $"{Family.Article} ({string.Join(", ", Names)})";

    public Kind? Find(string name) => Names.Contains(name) ? Family.Find(name) : null;

    internal override bool TryRead(Node node, string path, ReadContext context, out object? value)
    {
        value = null;
        switch (node)
        {
            case ScalarNode { IsEmpty: false } word when word.Text == Nothing:
                return true;
            case ScalarNode { IsEmpty: false } word:
                return Find(word.Text) is { } plain
                    ? plain.TryRead(null, node.Place, $"{path}.{word.Text}", context, out value)
                    : Unknown(word, path, context);
            case MappingNode { Entries: [var entry] }:
                return Find(entry.Key.Text) is { } kind
                    ? kind.TryRead(entry.Value, entry.Key.Place, $"{path}.{entry.Key.Text}", context, out value)
                    : Unknown(entry.Key, path, context);
            case MappingNode { Entries.Count: > 1 } many:
                context.Report(node.Place, path, TooMany(many));
                return false;
            default:
                return Refuse(node, path, context, out value);
        }
    }

    internal override JsonObject Schema()
    {
        JsonObject[] kinds = only is null ? [JobsSchema.Reference(Family)] : [.. only.Order(StringComparer.Ordinal).Select(name => JobsSchema.Reference(Family, Find(name)!))];
        return JobsSchema.Either([.. Nothing is null ? [] : new[] { JobsSchema.Word(Nothing) }, .. kinds]);
    }

    internal override Node Write(object? value, CanonicalScope scope)
    {
        if (value is null) return CanonicalScope.Plain(Nothing ?? throw scope.Unwritable($"{Family.Article} is missing"));
        var kind = Family.Of(value)
            ?? throw scope.Unwritable($"{value.GetType().Name} is no {Family.Name} that a job can name; known: {string.Join(", ", Names)}");
        if (!Names.Contains(kind.Name))
            throw scope.Unwritable($"{kind.Name} cannot stand here; wanted {Wanted}");
        var body = kind.Write(value, scope.Inside(kind.Name));
        // Without keys, or with none that must be told: as a kind was written before it had any.
        if (body.Entries.Count == 0) return CanonicalScope.Plain(kind.Name);
        return CanonicalScope.Mapping([new Entry(CanonicalScope.Plain(kind.Name), body)]);
    }

    private bool Unknown(ScalarNode word, string path, ReadContext context)
    {
        context.Report(word.Place, path, Nearest.Unknown(Family.Name, word.Text, Names));
        return false;
    }

    private string TooMany(MappingNode node)
    {
        var first = node.Entries[0];
        var names = string.Join(", ", node.Entries.Skip(1).Select(e => e.Key.Text));
        if (Find(first.Key.Text) is { } kind && first.Value is ScalarNode && kind.Keys.Count > 0)
            return $"{names} stands beside {kind.Name}, not inside it; indent it further, or write {kind.Name}: {{key: value}}";
        var example = Family.Kinds.FirstOrDefault(k => k.Keys.Count > 0 && Names.Contains(k.Name))?.Name ?? Names[0];
        return $"wanted one name with its keys inside, as in {example}: {{key: value}}, came {node.Described}; known: {string.Join(", ", Names)}";
    }
}
