using System.Text.Json.Nodes;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs.Catalogs;

/// <summary>A value of another type, or a word for none (null in C#).</summary>
public sealed class OptionalType(KeyType type, string nothing) : KeyType
{
    public override string Wanted => $"{type.Wanted}, or {nothing}";

    internal override bool TryRead(Node node, string path, ReadContext context, out object? value)
    {
        value = null;
        return (node is ScalarNode { IsEmpty: false } word && word.Text == nothing) || type.TryRead(node, path, context, out value);
    }

    internal override JsonObject Schema() => JobsSchema.Either(JobsSchema.Word(nothing), type.Schema());

    internal override Node Write(object? value, CanonicalScope scope) =>
        value is null ? CanonicalScope.Plain(nothing) : type.Write(value, scope);
}
