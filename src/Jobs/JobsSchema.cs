using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distributed.Jobs.Catalogs;

namespace Distributed.Jobs;

/// <summary>The schema of job files for editors, written from the <see cref="Catalog"/>: docs/jobs.schema.json.</summary>
/// <remarks>JSON Schema of 2020-12. Every job that is read fits it; what it cannot say (values that depend on each other, shapes) only the reader
/// refuses.</remarks>
public static class JobsSchema
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Json()
    {
        var definitions = new JsonObject();
        foreach (var family in Catalog.Families)
        {
            definitions[Name(family)] = Either([.. family.Kinds.Select(kind => Reference(family, kind))]);
            foreach (var kind in family.Kinds) definitions[Name(family, kind)] = Forms(kind);
        }
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Job of Distributed",
        };
        foreach (var (name, value) in Keys(Catalog.Job)) schema[name] = value!.DeepClone();
        schema["$defs"] = definitions;
        return schema.ToJsonString(Format) + "\n";
    }

    /// <summary>Any kind of a family.</summary>
    internal static JsonObject Reference(Family family) => new() { ["$ref"] = $"#/$defs/{Name(family)}" };

    internal static JsonObject Reference(Family family, Kind kind) => new() { ["$ref"] = $"#/$defs/{Name(family, kind)}" };

    internal static JsonObject Word(string word) => new() { ["const"] = word };

    /// <summary>One of several; of one, itself.</summary>
    internal static JsonObject Either(params JsonObject[] schemas) => schemas is [var only] ? only : new JsonObject { ["anyOf"] = new JsonArray([.. schemas]) };

    /// <summary>What stands behind a kind's name: its keys, or its main value.</summary>
    internal static JsonObject Body(Kind kind)
    {
        List<JsonObject> forms = [Keys(kind)];
        if (kind.Main is { Type: ListType list }) forms.Add(list.Schema());
        else if (kind.Main is { } main) forms.Add(new JsonObject { ["type"] = new JsonArray("string", "number", "boolean"), ["allOf"] = new JsonArray(main.Type.Schema()) });
        if (!kind.Keys.Any(key => key.Required)) forms.Add(new JsonObject { ["type"] = "null" });
        return Either([.. forms]);
    }

    /// <summary>The name alone where no key is needed, or the name with what stands behind it.</summary>
    private static JsonObject Forms(Kind kind)
    {
        var schema = Either([.. kind.Keys.Any(key => key.Required) ? [] : new[] { Word(kind.Name) }, new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { [kind.Name] = Body(kind) },
            ["required"] = new JsonArray(kind.Name),
            ["additionalProperties"] = false,
        }]);
        schema["description"] = kind.Summary;
        return schema;
    }

    private static JsonObject Keys(Kind kind)
    {
        var properties = new JsonObject();
        foreach (var key in kind.Keys)
        {
            var schema = key.Type.Schema();
            schema["description"] = JobsDocumentation.Default(key) is { Length: > 0 } value && !key.Required ? $"{key.Summary} Default: {value}." : key.Summary;
            properties[key.Name] = schema;
        }
        var all = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (kind.Keys.Any(key => key.Required)) all["required"] = new JsonArray([.. kind.Keys.Where(key => key.Required).Select(key => JsonValue.Create(key.Name))]);
        all["additionalProperties"] = false;
        return all;
    }

    private static string Name(Family family) => family.Name.Replace(' ', '-');

    private static string Name(Family family, Kind kind) => $"{Name(family)}.{kind.Name}";
}
