using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Distributed.Engine.Data;

namespace Distributed.Engine.Checkpoints;

/// <summary>Where a tensor's data lies in the data part of the file: bytes [Begin, End).</summary>
/// <param name="Type">Of its elements, as the format names it: "F32".</param>
internal readonly record struct SafeTensorsEntry(string Name, Shape Shape, long Begin, long End, string Type = SafeTensorsHeader.Float32);

/// <summary>The JSON header of a safetensors file.</summary>
/// <param name="Entries">In the order of their data, without gaps, from byte 0 on.</param>
internal sealed record SafeTensorsHeader(ImmutableArray<SafeTensorsEntry> Entries, ImmutableSortedDictionary<string, string> Metadata)
{
    public const string DataSum = "sha256", HeaderSum = "header_sha256";

    public const string Float32 = "F32";

    private const string MetadataKey = "__metadata__";
    private const int Alignment = 8;

    public long DataBytes => Entries.IsEmpty ? 0 : Entries[^1].End;

    /// <summary>UTF-8 JSON, metadata first, padded with blanks so that the data begins at a multiple of 8.</summary>
    public byte[] Format()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            foreach (var (key, value) in Metadata) json.WriteString(key, value);
            json.WriteEndObject();
            foreach (var entry in Entries)
            {
                json.WriteStartObject(entry.Name);
                json.WriteString("dtype", Float32);
                json.WriteStartArray("shape");
                foreach (var extent in entry.Shape.Extents) json.WriteNumberValue(extent);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(entry.Begin);
                json.WriteNumberValue(entry.End);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (bytes.Length % Alignment != 0) bytes.WriteByte((byte)' ');
        return bytes.ToArray();
    }

    /// <summary>SHA-256 over what the header says, its own sum left out: any change of meaning changes it.</summary>
    public string Sum()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (key, value) in Metadata)
            if (key != HeaderSum)
                hash.AppendText($"{key.Length}:{key}={value.Length}:{value}\n");
        foreach (var entry in Entries)
            hash.AppendText($"{entry.Name.Length}:{entry.Name} {Float32} {entry.Shape} {entry.Begin}-{entry.End}\n");
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <param name="anyType">Whether elements of other types than float32 are allowed too.</param>
    /// <exception cref="CheckpointException">Not a header of float32 tensors that lie side by side.</exception>
    public static SafeTensorsHeader Parse(ReadOnlyMemory<byte> text, string path, bool anyType = false)
    {
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 8 });
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new CheckpointException($"{path}: the header is a JSON object, got {json.RootElement.ValueKind}");
            var entries = new List<SafeTensorsEntry>();
            var metadata = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            var names = new HashSet<string>();
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name)) throw new CheckpointException($"{path}: the header names \"{property.Name}\" twice");
                if (property.Name == MetadataKey) ReadMetadata(property.Value, metadata, path);
                else entries.Add(ReadEntry(property, path, anyType));
            }
            entries.Sort((left, right) => (left.Begin, left.End).CompareTo((right.Begin, right.End)));
            CheckContiguous(entries, path);
            return new SafeTensorsHeader([.. entries], metadata.ToImmutable());
        }
        catch (JsonException error)
        {
            throw new CheckpointException($"{path}: the header is not JSON: {error.Message}", error);
        }
        catch (InvalidOperationException error) // a string that is no Unicode text
        {
            throw new CheckpointException($"{path}: the header holds a text that is not Unicode: {error.Message}", error);
        }
    }

    private static void ReadMetadata(JsonElement element, ImmutableSortedDictionary<string, string>.Builder metadata, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new CheckpointException($"{path}: {MetadataKey} is a JSON object, got {element.ValueKind}");
        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String)
                throw new CheckpointException($"{path}: metadata \"{property.Name}\" is a string, got {property.Value.ValueKind}");
            if (!metadata.TryAdd(property.Name, property.Value.GetString()!))
                throw new CheckpointException($"{path}: metadata \"{property.Name}\" stands there twice");
        }
    }

    private static SafeTensorsEntry ReadEntry(JsonProperty property, string path, bool anyType)
    {
        var name = property.Name;
        if (property.Value.ValueKind != JsonValueKind.Object
            || !property.Value.TryGetProperty("dtype", out var type) || type.ValueKind != JsonValueKind.String
            || !property.Value.TryGetProperty("shape", out var shape) || shape.ValueKind != JsonValueKind.Array
            || !property.Value.TryGetProperty("data_offsets", out var offsets) || offsets.ValueKind != JsonValueKind.Array)
            throw new CheckpointException($"{path}: tensor \"{name}\" wants dtype, shape and data_offsets, " +
                $"got {property.Value.ToString()}");
        if (type.GetString() != Float32 && !anyType)
            throw new CheckpointException($"{path}: tensor \"{name}\" has elements of type {type.GetString()}; only {Float32} is read");
        var extents = WholeNumbers(shape, $"{path}: the shape of tensor \"{name}\"");
        if (extents.Length > Shape.MaxRank)
            throw new CheckpointException($"{path}: tensor \"{name}\" has {extents.Length} dimensions; " +
                $"at most {Shape.MaxRank} are read");
        var elements = 1L;
        foreach (var extent in extents)
        {
            if (extent is < 1 or > int.MaxValue || elements * extent > Array.MaxLength)
                throw new CheckpointException($"{path}: tensor \"{name}\" has shape [{string.Join(", ", extents)}]; " +
                    $"extents of at least 1 and at most {Array.MaxLength} elements are read");
            elements *= extent;
        }
        var range = WholeNumbers(offsets, $"{path}: data_offsets of tensor \"{name}\"");
        if (range.Length != 2 || range[0] < 0 || range[1] < range[0])
            throw new CheckpointException($"{path}: data_offsets of tensor \"{name}\" are a begin and an end, " +
                $"got [{string.Join(", ", range)}]");
        if (ElementType.BytesOf(type.GetString()!) is { } bytes && range[1] - range[0] != elements * bytes)
            throw new CheckpointException($"{path}: tensor \"{name}\" of shape [{string.Join(", ", extents)}] has " +
                $"{elements * bytes} bytes, its data_offsets [{range[0]}, {range[1]}] hold {range[1] - range[0]}");
        return new SafeTensorsEntry(name, new Shape(Array.ConvertAll(extents, extent => (int)extent)), range[0], range[1], type.GetString()!);
    }

    private static long[] WholeNumbers(JsonElement array, string what)
    {
        var numbers = new long[array.GetArrayLength()];
        var i = 0;
        foreach (var element in array.EnumerateArray())
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out numbers[i++]))
                throw new CheckpointException($"{what} holds whole numbers, got {element.GetRawText()}");
        return numbers;
    }

    private static void CheckContiguous(List<SafeTensorsEntry> entries, string path)
    {
        var end = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != end)
                throw new CheckpointException($"{path}: tensor \"{entry.Name}\" begins at byte {entry.Begin} of the data, " +
                    $"{end} is wanted: tensors lie side by side without {(entry.Begin < end ? "overlap" : "holes")}");
            end = entry.End;
        }
    }
}
