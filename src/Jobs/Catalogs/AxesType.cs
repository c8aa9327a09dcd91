using System.Globalization;
using System.Text.Json.Nodes;
using Distributed.Engine.Layers;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs.Catalogs;

/// <summary>A whole number (<see cref="Axes"/>) for rows and columns alike, or a list of two: [rows, columns].</summary>
public sealed class AxesType(int min, int max) : KeyType
{
    public int Min { get; } = min;

    public int Max { get; } = max;

    public override string Wanted => $"a whole number from {Min} to {Max}, or two of them: [rows, columns]";

    internal override bool TryRead(Node node, string path, ReadContext context, out object? value)
    {
        if (!TryRead(node, out var axes)) return Refuse(node, path, context, out value);
        value = axes;
        return true;
    }

    internal bool TryRead(Node node, out Axes axes)
    {
        axes = default;
        if (TryNumber(node, out var both)) axes = both;
        else if (node is SequenceNode { Items: [var first, var second] } && TryNumber(first, out var y) && TryNumber(second, out var x))
            axes = new Axes(y, x);
        else
            return false;
        return true;
    }

    internal override JsonObject Schema()
    {
        JsonObject One() => new() { ["type"] = "integer", ["minimum"] = Min, ["maximum"] = Max };
        return JobsSchema.Either(One(), new JsonObject { ["type"] = "array", ["items"] = One(), ["minItems"] = 2, ["maxItems"] = 2 });
    }

    internal override Node Write(object? value, CanonicalScope scope)
    {
        var axes = (Axes)value!;
        return axes.Y == axes.X ? Number(axes.Y) : CanonicalScope.Sequence([Number(axes.Y), Number(axes.X)]);
    }

    private static ScalarNode Number(int number) => CanonicalScope.Plain(number.ToString(CultureInfo.InvariantCulture));

    private bool TryNumber(Node node, out int number)
    {
        number = 0;
        return node is ScalarNode { Quoted: false } scalar
            && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
            && number >= Min && number <= Max;
    }
}
