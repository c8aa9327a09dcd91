using System.Text.Json.Nodes;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs.Catalogs;

/// <summary>What a key of a job may hold: how it is read, checked, written back and described.</summary>
public abstract class KeyType
{
    private protected KeyType()
    {
    }

    /// <summary>The end of a sentence that begins with "wanted": "a whole number from 1 to 4096".</summary>
    public abstract string Wanted { get; }

    /// <summary>Gives the value, or false after reporting why there is none.</summary>
    internal abstract bool TryRead(Node node, string path, ReadContext context, out object? value);

    /// <summary>What may stand in a file, as a JSON schema; where it cannot say all, it is wider than <see cref="TryRead"/>.</summary>
    internal abstract JsonObject Schema();

    /// <summary>The canonical form of a value.</summary>
    internal abstract Node Write(object? value, CanonicalScope scope);

    private protected bool Refuse(Node node, string path, ReadContext context, out object? value)
    {
        value = null;
        context.Report(node.Place, path, $"wanted {Wanted}, came {node.Described}");
        return false;
    }
}
