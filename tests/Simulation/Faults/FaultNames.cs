namespace Distributed.Simulations.Faults;

/// <summary>What faults are called on the command line and in the table: worker-crash, delay, …</summary>
internal static class FaultNames
{
    public static IReadOnlyList<FaultKind> All { get; } = Enum.GetValues<FaultKind>();

    public static string Of(FaultKind kind) =>
        string.Concat(kind.ToString().Select((letter, i) => char.IsUpper(letter) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(letter) : $"{letter}"));

    /// <summary>A list with commas; "all" or "none".</summary>
    /// <exception cref="FormatException">A name is none of them: a sentence.</exception>
    public static IReadOnlySet<FaultKind> Parse(string list)
    {
        if (list == "all") return All.ToHashSet();
        if (list == "none") return new HashSet<FaultKind>();
        var byName = All.ToDictionary(Of);
        var kinds = new HashSet<FaultKind>();
        foreach (var name in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            kinds.Add(byName.TryGetValue(name, out var kind) ? kind
                : throw new FormatException($"there is no fault \"{name}\"; there are: {string.Join(", ", byName.Keys)}"));
        return kinds;
    }
}
