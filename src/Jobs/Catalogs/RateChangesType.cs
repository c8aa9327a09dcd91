using System.Globalization;
using System.Text.Json.Nodes;
using Distributed.Engine.Optimizers;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs.Catalogs;

/// <summary>Steps with the learning rate from there on (<see cref="RateChanges"/>): <c>{1200: 0.01, 2400: 0.001}</c>.</summary>
public sealed class RateChangesType : KeyType
{
    private const string Nothing = "none";

    private static readonly NumberType Rate = new(0);

    public override string Wanted => $"steps with a rate each, 1 to {RateChanges.MaxCount} in order, as in {{1200: 0.01, 2400: 0.001}}; or {Nothing}";

    internal override bool TryRead(Node node, string path, ReadContext context, out object? value)
    {
        value = RateChanges.None;
        if (node is ScalarNode { IsEmpty: false, Text: Nothing }) return true;
        if (node is not MappingNode { Entries: { Count: > 0 and <= RateChanges.MaxCount } entries }) return Refuse(node, path, context, out value);
        var (changes, last) = (RateChanges.None, -1L);
        foreach (var (key, rate) in entries.Select(entry => (entry.Key, entry.Value)))
        {
            if (!long.TryParse(key.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var step) || step <= last) return Refuse(key, path, context, out value);
            if (!Rate.TryRead(rate, $"{path}.{key.Text}", context, out var number)) return false;
            (changes, last) = (changes.Set(step, (float)number!), step);
        }
        value = changes;
        return true;
    }

    internal override JsonObject Schema() => JobsSchema.Either(JobsSchema.Word(Nothing), new JsonObject
    {
        ["type"] = "object",
        ["patternProperties"] = new JsonObject { ["^[0-9]+$"] = Rate.Schema() },
        ["additionalProperties"] = false,
        ["minProperties"] = 1,
        ["maxProperties"] = RateChanges.MaxCount,
    });

    internal override Node Write(object? value, CanonicalScope scope)
    {
        var changes = (RateChanges)value!;
        return changes.Count == 0 ? CanonicalScope.Plain(Nothing)
            : CanonicalScope.Mapping([.. changes.All.Select(change =>
            {
                var step = change.Step.ToString(CultureInfo.InvariantCulture);
                return new Entry(CanonicalScope.Plain(step), Rate.Write(change.Rate, scope.Inside(step)));
            })]);
    }
}
