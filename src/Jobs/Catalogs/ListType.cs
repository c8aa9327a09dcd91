using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs.Catalogs;

/// <summary>A list of kinds of one family (<see cref="ImmutableArray{T}"/> of object), at least one.</summary>
/// <param name="family">Asked for when it is first needed, so that a kind may hold a list of its own family.</param>
public sealed class ListType(Func<Family> family, int maxItems) : KeyType
{
    private ChoiceType? _item;

    public ChoiceType Item => _item ??= new ChoiceType(family());

    public int MaxItems { get; } = maxItems;

    public override string Wanted => $"a list of 1 to {MaxItems} {Item.Family.Plural}";

    internal override bool TryRead(Node node, string path, ReadContext context, out object? value)
    {
        value = null;
        if (node is not SequenceNode { Items.Count: > 0 } list || list.Items.Count > MaxItems)
            return Refuse(node, path, context, out value);
        var items = ImmutableArray.CreateBuilder<object>(list.Items.Count);
        for (var i = 0; i < list.Items.Count; i++)
        {
            var at = $"{path}[{i}]";
            context.Remember(at, list.Items[i].Place);
            if (Item.TryRead(list.Items[i], at, context, out var item)) items.Add(item!);
        }
        if (items.Count < list.Items.Count) return false;
        value = items.MoveToImmutable();
        return true;
    }

    internal override JsonObject Schema() => new() { ["type"] = "array", ["items"] = Item.Schema(), ["minItems"] = 1, ["maxItems"] = MaxItems };

    internal override Node Write(object? value, CanonicalScope scope)
    {
        var items = (IReadOnlyList<object>)value!;
        if (items.Count > MaxItems) throw scope.Unwritable($"wanted {Wanted}, came {items.Count}");
        return CanonicalScope.Sequence([.. items.Select((item, i) => Item.Write(item, scope.At(i)))]);
    }
}
