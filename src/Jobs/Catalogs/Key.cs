namespace Distributed.Jobs.Catalogs;

/// <summary>A key of a kind.</summary>
public sealed class Key
{
    private readonly Func<object, object?> _get;

    private Key(string name, KeyType type, Func<object, object?> get, string summary)
    {
        (Name, Type, _get, Summary) = (name, type, get, summary);
    }

    public string Name { get; }

    public KeyType Type { get; }

    /// <summary>One sentence, with the unit.</summary>
    public string Summary { get; }

    /// <summary>Whether a job must give it; else <see cref="Default"/> stands in.</summary>
    public bool Required { get; private init; }

    /// <summary>The value where the job gives none, of the type that <see cref="Type"/> reads.</summary>
    public object? Default { get; private init; }

    /// <summary>Whether <c>kind: value</c> means <c>kind: {this key: value}</c>.</summary>
    public bool IsMain { get; private init; }

    /// <summary>Whether the value can change the answer of a run, so that it belongs into the job's fingerprint.</summary>
    public bool InAnswer { get; private init; } = true;

    /// <summary>Whether the key is left out of a job's fingerprint where it has its default: true for keys that came when there were
    /// fingerprints already.</summary>
    public bool IsLater { get; private init; }

    public static Key Needed<T>(string name, KeyType type, Func<T, object?> get, string summary, bool main = false,
        bool inAnswer = true) =>
        new(name, type, owner => get((T)owner), summary) { Required = true, IsMain = main, InAnswer = inAnswer };

    public static Key Optional<T>(string name, KeyType type, object? value, Func<T, object?> get, string summary, bool main = false,
        bool inAnswer = true, bool later = false) =>
        new(name, type, owner => get((T)owner), summary) { Default = value, IsMain = main, InAnswer = inAnswer, IsLater = later };

    /// <summary>The key's value in an object of the kind it belongs to.</summary>
    internal object? Of(object owner) => _get(owner);
}
