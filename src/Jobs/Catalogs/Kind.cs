using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs.Catalogs;

/// <summary>Something a job can name: a layer, a loss, a kind of data. Its keys, how it is made from them, and the way back.</summary>
public sealed class Kind
{
    private readonly Func<KeyValues, object> _create;

    private Kind(string name, string summary, Type type, Func<KeyValues, object> create, IReadOnlyList<Key> keys)
    {
        (Name, Summary, Type, _create, Keys) = (name, summary, type, create, keys);
        Main = keys.SingleOrDefault(key => key.IsMain);
    }

    /// <summary>As a job writes it: "leaky-relu".</summary>
    public string Name { get; }

    /// <summary>One sentence.</summary>
    public string Summary { get; }

    /// <summary>The C# type of its objects; each object of exactly this type is of this kind.</summary>
    public Type Type { get; }

    /// <summary>In the order of the canonical form.</summary>
    public IReadOnlyList<Key> Keys { get; }

    /// <summary>The key that <c>name: value</c> sets; null: none.</summary>
    public Key? Main { get; }

    /// <param name="create">Makes the object; the values are within their keys' ranges, with defaults filled in.</param>
    public static Kind Of<T>(string name, string summary, Func<KeyValues, T> create, params IReadOnlyList<Key> keys) where T : class =>
        new(name, summary, typeof(T), values => create(values), keys);

    public Key? Find(string key) => Keys.FirstOrDefault(k => k.Name == key);

    /// <param name="body">What stands behind the name; null: nothing.</param>
    /// <param name="place">Where the name stands.</param>
    internal bool TryRead(Node? body, Place place, string path, ReadContext context, out object? value)
    {
        value = null;
        context.Remember(path, place);
        if (body is ScalarNode { IsEmpty: true }) body = null;
        var values = new KeyValues();
        if (body is null or MappingNode)
            return TryReadKeys((MappingNode?)body, place, path, context, values) && TryCreate(values, out value);
        if (Main is { Type: not ListType } main && body is ScalarNode || Main is { Type: ListType } && body is SequenceNode)
            return TryReadMain(body, place, path, context, values) && TryCreate(values, out value);
        context.Report(body.Place, path, Keys.Count == 0
            ? $"{Name} has no keys and no value, came {body.Described}"
            : $"wanted keys ({string.Join(", ", Keys.Select(key => key.Name))}), came {body.Described}");
        return false;
    }

    internal MappingNode Write(object value, CanonicalScope scope) => CanonicalScope.Mapping(
    [
        .. Keys.Where(key => !scope.AnswerOnly || (key.InAnswer && !(key.IsLater && IsDefault(key, value, scope))))
            .Select(key => new Entry(CanonicalScope.Plain(key.Name), key.Type.Write(key.Of(value), scope.Inside(key.Name)))),
    ]);

    private static bool IsDefault(Key key, object value, CanonicalScope scope)
    {
        string Text(object? of) => YamlText.Of(CanonicalScope.Mapping([new Entry(CanonicalScope.Plain(key.Name), key.Type.Write(of, scope))]));
        return Text(key.Of(value)) == Text(key.Default);
    }

    private bool TryCreate(KeyValues values, out object? value)
    {
        value = _create(values);
        return true;
    }

    private bool TryReadMain(Node body, Place place, string path, ReadContext context, KeyValues values)
    {
        var read = TryReadKey(Main!, body, path, context, values);
        foreach (var key in Keys.Where(key => key != Main))
            read &= TryDefault(key, place, path, context, values);
        return read;
    }

    private bool TryReadKeys(MappingNode? body, Place place, string path, ReadContext context, KeyValues values)
    {
        var read = true;
        var seen = new Dictionary<string, Entry>();
        foreach (var entry in body?.Entries ?? [])
        {
            var name = entry.Key.Text;
            if (Find(name) is not { } key)
            {
                context.Report(entry.Key.Place, Join(path, name), Keys.Count == 0
                    ? $"{Name} has no keys"
                    : Nearest.Unknown($"key of {Name}", name, [.. Keys.Select(k => k.Name)]));
                read = false;
            }
            else if (!seen.TryAdd(name, entry))
            {
                context.Report(entry.Key.Place, Join(path, name),
                    $"key {name} is given twice; the first is on line {seen[name].Key.Place.Line}");
                read = false;
            }
            else
            {
                context.Remember(Join(path, name), entry.Key.Place);
                read &= TryReadKey(key, entry.Value, path, context, values);
            }
        }
        foreach (var key in Keys.Where(key => !seen.ContainsKey(key.Name)))
            read &= TryDefault(key, place, path, context, values);
        return read;
    }

    private static bool TryReadKey(Key key, Node node, string path, ReadContext context, KeyValues values)
    {
        if (!key.Type.TryRead(node, Join(path, key.Name), context, out var value)) return false;
        values[key.Name] = value;
        return true;
    }

    private bool TryDefault(Key key, Place place, string path, ReadContext context, KeyValues values)
    {
        values[key.Name] = key.Default;
        if (!key.Required) return true;
        context.Report(place, path, $"{Name} needs the key {key.Name}: {key.Type.Wanted}");
        return false;
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
