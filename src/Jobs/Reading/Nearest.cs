namespace Distributed.Jobs.Reading;

/// <summary>Answers an unknown word with the known ones, nearest first where some are near.</summary>
public static class Nearest
{
    /// <summary><c>unknown layer "lineer"; did you mean linear? Known: flatten, linear, relu</c></summary>
    public static string Unknown(string what, string came, IReadOnlyCollection<string> known)
    {
        if (came.Length > 60) came = came[..60] + "…";
        var near = Of(came, known);
        var suggestion = near.Count > 0 ? $"did you mean {string.Join(" or ", near)}? " : "";
        return $"unknown {what} \"{came}\"; {suggestion}Known: {string.Join(", ", known)}";
    }

    /// <summary>The known words at the smallest edit distance, if it is small for the word's length; or those it begins.</summary>
    public static IReadOnlyList<string> Of(string came, IEnumerable<string> known)
    {
        var word = came.ToLowerInvariant();
        var limit = Math.Max(1, word.Length / 3);
        var ranked = known.Select(name => (Name: name, Distance: Distance(word, name.ToLowerInvariant()))).ToList();
        var best = ranked.Count == 0 ? int.MaxValue : ranked.Min(r => r.Distance);
        if (best <= limit) return [.. ranked.Where(r => r.Distance == best).Select(r => r.Name)];
        return word.Length < 3 ? [] : [.. ranked.Where(r => r.Name.Contains(word, StringComparison.Ordinal)).Select(r => r.Name)];
    }

    /// <summary>Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.</summary>
    public static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        return d[a.Length, b.Length];
    }
}
