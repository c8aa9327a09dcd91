namespace Distributed.Jobs.Catalogs;

/// <summary>The checked values of a kind's keys, defaults filled in.</summary>
public sealed class KeyValues
{
    private readonly Dictionary<string, object?> _values = [];

    internal object? this[string key]
    {
        get => _values[key];
        set => _values[key] = value;
    }

    public int Int(string key) => checked((int)(long)_values[key]!);

    public ulong Seed(string key) => checked((ulong)(long)_values[key]!);

    public float Number(string key) => (float)_values[key]!;

    public bool Flag(string key) => (bool)_values[key]!;

    public string Text(string key) => (string)_values[key]!;

    public T Get<T>(string key) => (T)_values[key]!;
}
