using System.Globalization;
using System.Text.Json.Nodes;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs.Catalogs;

/// <summary>A whole number (<see cref="long"/>) from <see cref="Min"/> to <see cref="Max"/>, in decimal digits.</summary>
public sealed class IntegerType(long min, long max, bool powerOfTwo = false, bool odd = false) : KeyType
{
    public long Min { get; } = min;

    public long Max { get; } = max;

    public bool PowerOfTwo { get; } = powerOfTwo;

    public bool Odd { get; } = odd;

    public override string Wanted => (PowerOfTwo, Max) switch
    {
        _ when Odd => $"an odd number from {Min} to {Max}",
        (true, _) => $"a power of two from {Min} to {Max}",
        (_, long.MaxValue) => $"a whole number from {Min} to 2^63-1",
        _ => $"a whole number from {Min} to {Max}",
    };

    internal override bool TryRead(Node node, string path, ReadContext context, out object? value)
    {
        if (node is ScalarNode { Quoted: false } scalar
            && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= Min && number <= Max && (!PowerOfTwo || long.IsPow2(number)) && (!Odd || long.IsOddInteger(number)))
        {
            value = number;
            return true;
        }
        return Refuse(node, path, context, out value);
    }

    internal override JsonObject Schema()
    {
        if (PowerOfTwo) return new JsonObject { ["enum"] = new JsonArray([.. Enumerable.Range(0, 63).Select(power => 1L << power).Where(n => n >= Min && n <= Max).Select(n => JsonValue.Create(n))]) };
        var schema = new JsonObject { ["type"] = "integer", ["minimum"] = Min };
        if (Max != long.MaxValue) schema["maximum"] = Max;
        if (Odd) schema["not"] = new JsonObject { ["multipleOf"] = 2 };
        return schema;
    }

    internal override Node Write(object? value, CanonicalScope scope) => CanonicalScope.Plain(value switch
    {
        ulong seed => seed.ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToInt64(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
    });
}
