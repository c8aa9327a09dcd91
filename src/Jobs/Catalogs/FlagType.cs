using System.Text.Json.Nodes;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs.Catalogs;

/// <summary>true or false.</summary>
public sealed class FlagType : KeyType
{
    public override string Wanted => "true or false";

    internal override bool TryRead(Node node, string path, ReadContext context, out object? value)
    {
        if (node is not ScalarNode { Quoted: false, Text: "true" or "false" } scalar) return Refuse(node, path, context, out value);
        value = scalar.Text == "true";
        return true;
    }

    internal override JsonObject Schema() => new() { ["type"] = "boolean" };

    internal override Node Write(object? value, CanonicalScope scope) => CanonicalScope.Plain((bool)value! ? "true" : "false");
}
