using System.Text.Json.Nodes;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs.Catalogs;

/// <summary>One of a few words, each a value of <typeparamref name="T"/>.</summary>
public sealed class WordType<T>(string what, params IReadOnlyList<(string Word, T Value)> words) : KeyType where T : notnull
{
    public override string Wanted => words.Count == 2
        ? $"{words[0].Word} or {words[1].Word}"
        : $"one of {string.Join(", ", words.Select(w => w.Word))}";

    internal override bool TryRead(Node node, string path, ReadContext context, out object? value)
    {
        value = null;
        if (node is not ScalarNode { IsEmpty: false } scalar) return Refuse(node, path, context, out value);
        foreach (var (word, meaning) in words)
        {
            if (word != scalar.Text) continue;
            value = meaning;
            return true;
        }
        context.Report(node.Place, path, Nearest.Unknown(what, scalar.Text, [.. words.Select(w => w.Word)]));
        return false;
    }

    internal override JsonObject Schema() => new() { ["enum"] = new JsonArray([.. words.Select(word => JsonValue.Create(word.Word))]) };

    internal override Node Write(object? value, CanonicalScope scope)
    {
        foreach (var (word, meaning) in words)
            if (Equals(meaning, value)) return CanonicalScope.Plain(word);
        throw scope.Unwritable($"{value} is no {what}; wanted {Wanted}");
    }
}
