using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs.Catalogs;

/// <summary>A list of numbers (<see cref="ImmutableArray{T}"/> of float).</summary>
/// <param name="number">What each of them may be.</param>
/// <param name="minItems">At least 1.</param>
public sealed class NumbersType(NumberType number, int minItems, int maxItems) : KeyType
{
    public int MinItems { get; } = minItems;

    public int MaxItems { get; } = maxItems;

    public override string Wanted => $"a list of {MinItems} to {MaxItems} numbers, each {number.Wanted}";

    internal override bool TryRead(Node node, string path, ReadContext context, out object? value)
    {
        value = null;
        if (node is not SequenceNode list || list.Items.Count < MinItems || list.Items.Count > MaxItems)
            return Refuse(node, path, context, out value);
        var numbers = ImmutableArray.CreateBuilder<float>(list.Items.Count);
        for (var i = 0; i < list.Items.Count; i++)
            if (number.TryRead(list.Items[i], $"{path}[{i}]", context, out var one)) numbers.Add((float)one!);
        if (numbers.Count < list.Items.Count) return false;
        value = numbers.MoveToImmutable();
        return true;
    }

    internal override JsonObject Schema() =>
        new() { ["type"] = "array", ["items"] = number.Schema(), ["minItems"] = MinItems, ["maxItems"] = MaxItems };

    internal override Node Write(object? value, CanonicalScope scope)
    {
        var numbers = (ImmutableArray<float>)value!;
        if (numbers.Length < MinItems || numbers.Length > MaxItems) throw scope.Unwritable($"wanted {Wanted}, came {numbers.Length}");
        return CanonicalScope.Sequence([.. numbers.Select((one, i) => number.Write(one, scope.At(i)))]);
    }
}
