using System.Globalization;
using System.Text.Json.Nodes;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs.Catalogs;

/// <summary>A float32 in a range; written in the fewest digits that give the same float back. Never NaN, never infinite.</summary>
/// <param name="above">Whether <paramref name="min"/> itself is outside.</param>
/// <param name="below">Whether <paramref name="max"/> itself is outside.</param>
public sealed class NumberType(float min, float max = float.MaxValue, bool above = false, bool below = false) : KeyType
{
    public float Min { get; } = min;

    public float Max { get; } = max;

    public override string Wanted
    {
        get
        {
            var low = $"{(above ? "above" : "from")} {Text(Min)}";
            if (Min == float.MinValue) low = "";
            var high = Max == float.MaxValue ? (above || low == "" ? "" : " on") : $" {(below ? "to below" : "to")} {Text(Max)}";
            return $"a number {low}{high}".TrimEnd();
        }
    }

    internal override bool TryRead(Node node, string path, ReadContext context, out object? value)
    {
        if (node is ScalarNode { Quoted: false } scalar && float.TryParse(scalar.Text,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture, out var number)
            && float.IsFinite(number) && Contains(number))
        {
            value = number;
            return true;
        }
        return Refuse(node, path, context, out value);
    }

    internal override JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = "number" };
        if (Min != float.MinValue) schema[above ? "exclusiveMinimum" : "minimum"] = JsonNode.Parse(Text(Min));
        if (Max != float.MaxValue) schema[below ? "exclusiveMaximum" : "maximum"] = JsonNode.Parse(Text(Max));
        return schema;
    }

    internal override Node Write(object? value, CanonicalScope scope) => CanonicalScope.Plain(Text((float)value!));

    private bool Contains(float number) =>
        (above ? number > Min : number >= Min) && (below ? number < Max : number <= Max);

    private static string Text(float number) => number.ToString("R", CultureInfo.InvariantCulture);
}
