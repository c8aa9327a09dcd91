using System.Text.Json.Nodes;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs.Catalogs;

/// <summary>The keys of one fixed kind: <c>{key: value, …}</c>, or its main value alone.</summary>
/// <param name="nothing">The word for leaving the section out (null in C#); null: it cannot be.</param>
public sealed class SectionType(Kind kind, string? nothing = null) : KeyType
{
    public Kind Kind { get; } = kind;

    public string? Nothing { get; } = nothing;

    public override string Wanted
    {
        get
        {
            var keys = $"keys ({string.Join(", ", Kind.Keys.Select(key => key.Name))})";
            return Nothing is null ? keys : $"{keys} or {Nothing}";
        }
    }

    internal override bool TryRead(Node node, string path, ReadContext context, out object? value)
    {
        value = null;
        return (node is ScalarNode { IsEmpty: false } word && word.Text == Nothing)
            || Kind.TryRead(node, node.Place, path, context, out value);
    }

    internal override JsonObject Schema() => Nothing is null ? JobsSchema.Body(Kind) : JobsSchema.Either(JobsSchema.Word(Nothing), JobsSchema.Body(Kind));

    internal override Node Write(object? value, CanonicalScope scope) => value is null
        ? CanonicalScope.Plain(Nothing ?? throw scope.Unwritable($"{Kind.Name} is missing"))
        : Kind.Write(value, scope);
}
