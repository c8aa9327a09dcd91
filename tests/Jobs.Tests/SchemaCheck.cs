using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Distributed.Jobs.Reading;

namespace Distributed.Jobs.Tests;

/// <summary>Checks a job's text against a JSON schema, of which it knows what <see cref="JobsSchema"/> uses; another keyword is an error.</summary>
internal sealed class SchemaCheck(JsonObject root)
{
    /// <summary>Whether the text fits.</summary>
    public bool Fits(string yaml)
    {
        var context = new ReadContext("test");
        var node = YamlTree.Read(yaml, mark => new Place("", (int)(mark?.Line ?? 0), 0), "", context) ?? throw new InvalidOperationException("no YAML");
        return Fits(ToJson(node), root);
    }

    private bool Fits(JsonNode? value, JsonObject schema) => schema.All(rule => rule.Key switch
    {
        "$schema" or "title" or "description" or "$defs" => true,
        "$ref" => Fits(value, (JsonObject)root["$defs"]![rule.Value!.GetValue<string>()["#/$defs/".Length..]]!),
        "anyOf" => rule.Value!.AsArray().Any(one => Fits(value, (JsonObject)one!)),
        "allOf" => rule.Value!.AsArray().All(one => Fits(value, (JsonObject)one!)),
        "not" => !Fits(value, (JsonObject)rule.Value!),
        "const" => JsonNode.DeepEquals(value, rule.Value),
        "enum" => rule.Value!.AsArray().Any(one => value is JsonValue && one!.ToJsonString() == value.ToJsonString()),
        "type" => rule.Value is JsonArray many ? many.Any(one => IsType(value, one!.GetValue<string>())) : IsType(value, rule.Value!.GetValue<string>()),
        "minimum" => Number(value) is not { } n || n >= Number(rule.Value),
        "maximum" => Number(value) is not { } n || n <= Number(rule.Value),
        "exclusiveMinimum" => Number(value) is not { } n || n > Number(rule.Value),
        "exclusiveMaximum" => Number(value) is not { } n || n < Number(rule.Value),
        "multipleOf" => Number(value) is not { } n || n % Number(rule.Value) == 0,
        "minLength" => Text(value) is not { } text || text.Length >= Number(rule.Value),
        "maxLength" => Text(value) is not { } text || text.Length <= Number(rule.Value),
        "items" => value is not JsonArray items || items.All(item => Fits(item, (JsonObject)rule.Value!)),
        "minItems" => value is not JsonArray items || items.Count >= Number(rule.Value),
        "maxItems" => value is not JsonArray items || items.Count <= Number(rule.Value),
        "minProperties" => value is not JsonObject all || all.Count >= Number(rule.Value),
        "maxProperties" => value is not JsonObject all || all.Count <= Number(rule.Value),
        "required" => value is not JsonObject all || rule.Value!.AsArray().All(name => all.ContainsKey(name!.GetValue<string>())),
        "properties" => value is not JsonObject all || all.All(one => rule.Value![one.Key] is not JsonObject of || Fits(one.Value, of)),
        "patternProperties" => value is not JsonObject all || all.All(one => rule.Value!.AsObject()
            .All(pattern => !Regex.IsMatch(one.Key, pattern.Key) || Fits(one.Value, (JsonObject)pattern.Value!))),
        "additionalProperties" => value is not JsonObject all || all.All(one => schema["properties"]?[one.Key] is not null
            || schema["patternProperties"]?.AsObject().Any(pattern => Regex.IsMatch(one.Key, pattern.Key)) == true),
        _ => throw new InvalidOperationException($"the keyword {rule.Key} is not known here"),
    });

    private static bool IsType(JsonNode? value, string type) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => Text(value) is not null,
        "number" => Number(value) is not null,
        "integer" => Number(value) is { } number && number == Math.Floor(number),
        "boolean" => value is JsonValue word && word.TryGetValue<bool>(out _),
        _ => throw new InvalidOperationException($"the type {type} is not known here"),
    };

    private static double? Number(JsonNode? value) => value is JsonValue number && number.TryGetValue<double>(out var n) ? n
        : value is JsonValue whole && whole.TryGetValue<long>(out var i) ? i : null;

    private static string? Text(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var s) ? s : null;

    /// <summary>As an editor reads YAML.</summary>
    private static JsonNode? ToJson(Node node) => node switch
    {
        MappingNode mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, ToJson(entry.Value)))),
        SequenceNode list => new JsonArray([.. list.Items.Select(ToJson)]),
        ScalarNode { IsEmpty: true } => null,
        ScalarNode { Quoted: false, Text: "true" or "false" } flag => JsonValue.Create(flag.Text == "true"),
        ScalarNode { Quoted: false } scalar when Regex.IsMatch(scalar.Text, @"^-?(\d+|\d*\.\d+)([eE][+-]?\d+)?$") =>
            JsonNode.Parse(double.Parse(scalar.Text, System.Globalization.CultureInfo.InvariantCulture).ToString("R", System.Globalization.CultureInfo.InvariantCulture)),
        ScalarNode text => JsonValue.Create(text.Text),
        _ => throw new InvalidOperationException($"{node} is no node"),
    };
}
