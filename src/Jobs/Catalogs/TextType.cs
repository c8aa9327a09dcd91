using System.Text;
using System.Text.Json.Nodes;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs.Catalogs;

/// <summary>Text of at least one character, without control characters.</summary>
/// <param name="accepts">A further rule; null: none.</param>
public sealed class TextType(string wanted, int maxCharacters, Func<string, bool>? accepts = null) : KeyType
{
    public override string Wanted => wanted;

    public int MaxCharacters { get; } = maxCharacters;

    internal override bool TryRead(Node node, string path, ReadContext context, out object? value)
    {
        if (node is ScalarNode { Text.Length: > 0 } scalar && scalar.Text.Length <= MaxCharacters
            && !scalar.Text.EnumerateRunes().Any(rune => Rune.IsControl(rune) || rune == Rune.ReplacementChar)
            && (accepts is null || accepts(scalar.Text)))
        {
            value = scalar.Text;
            return true;
        }
        return Refuse(node, path, context, out value);
    }

    /// <remarks>What looks like a number is a text too.</remarks>
    internal override JsonObject Schema() => new() { ["type"] = new JsonArray("string", "number"), ["minLength"] = 1, ["maxLength"] = MaxCharacters };

    internal override Node Write(object? value, CanonicalScope scope) => CanonicalScope.Text((string)value!);
}
