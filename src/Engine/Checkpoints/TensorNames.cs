namespace Distributed.Engine.Checkpoints;

/// <summary>Which of a model's parameters a tensor of another program is.</summary>
/// <remarks><code>
/// 0.weight=linear1.weight    this tensor is that parameter
/// 0=linear1                  what stands behind "0." stands behind "linear1."; the longest such beginning counts
/// 1.num_batches_tracked=     this tensor (or all behind this beginning) is left out
/// </code>
/// A name that no entry is about stays as it is. Where the parameter so named is not there, PyTorch's names within a normalization are tried:
/// weight for gain, bias for shift, running_mean for mean, running_var for variance; num_batches_tracked is left out.</remarks>
public sealed class TensorNames
{
    private const string Counter = "num_batches_tracked";

    private static readonly Dictionary<string, string> Normalization = new()
    {
        ["weight"] = "gain",
        ["bias"] = "shift",
        ["running_mean"] = "mean",
        ["running_var"] = "variance",
    };

    private readonly Dictionary<string, string> _entries = [];
    private readonly HashSet<string> _used = [];

    /// <param name="entries">theirs=ours each.</param>
    /// <exception cref="CheckpointException">An entry has no "=" or no name before it, or two are about one name.</exception>
    public TensorNames(IEnumerable<string> entries)
    {
        foreach (var entry in entries)
        {
            var at = entry.IndexOf('=');
            if (at < 1) throw new CheckpointException($"a map's entry is theirs=ours, as in 0=linear1 or 0.weight=linear1.weight, came \"{entry}\"");
            if (!_entries.TryAdd(entry[..at], entry[(at + 1)..])) throw new CheckpointException($"two entries of the map are about \"{entry[..at]}\"; one is wanted");
        }
    }

    /// <summary>Entries that no tensor has been named by.</summary>
    public IEnumerable<string> Unused => _entries.Keys.Where(name => !_used.Contains(name));

    /// <param name="isParameter">Whether the model has a parameter of this name.</param>
    /// <returns>Null: the tensor is left out.</returns>
    public string? Of(string theirs, Func<string, bool> isParameter)
    {
        if (Mapped(theirs) is not { } name) return null;
        if (isParameter(name)) return name;
        var dot = name.LastIndexOf('.') + 1;
        if (Normalization.TryGetValue(name[dot..], out var ours) && isParameter(name[..dot] + ours)) return name[..dot] + ours;
        return name[dot..] == Counter && isParameter($"{name[..dot]}mean") ? null : name;
    }

    private string? Mapped(string theirs)
    {
        for (var end = theirs.Length; end > 0; end = theirs.LastIndexOf('.', end - 1))
        {
            if (!_entries.TryGetValue(theirs[..end], out var ours)) continue;
            _used.Add(theirs[..end]);
            return ours.Length == 0 ? null : ours + theirs[end..];
        }
        return theirs;
    }
}
