using System.Globalization;
using Distributed.Engine.Randomness;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Sweeps;

/// <summary>Which values of a job's keys are to be tried together.</summary>
/// <param name="Keys">In the order given.</param>
/// <param name="Combinations">Of each key one value, as overrides: key=value.</param>
internal sealed record Sweep(IReadOnlyList<string> Keys, IReadOnlyList<IReadOnlyList<string>> Combinations)
{
    public const int MaxRuns = 10_000;

    /// <param name="grid">KEY=A,B,C each; with draws also KEY=LOW..HIGH.</param>
    /// <param name="draws">How many combinations are drawn; null: all are tried.</param>
    /// <exception cref="UserException">What is given is no such list, or makes too many runs.</exception>
    public static Sweep Of(IReadOnlyList<string> grid, int? draws, int seed)
    {
        if (grid.Count == 0) throw new UserException("sweep: what is to be tried? Wanted --grid KEY=VALUES, as in --grid optimizer.sgd.rate=0.1,0.01");
        (string Key, IValues Values)[] keys = [.. grid.Select(text => Read(text, draws is not null))];
        if (keys.GroupBy(key => key.Key).FirstOrDefault(same => same.Count() > 1) is { } twice) throw new UserException($"--grid: {twice.Key} stands there twice");
        if (draws is { } count)
        {
            return new Sweep([.. keys.Select(key => key.Key)], [.. Enumerable.Range(0, count).Select(draw => Draw(keys, new RandomStream((ulong)seed, RandomPurpose.Sweep, (uint)draw)))]);
        }
        var all = keys.Aggregate(1L, (product, key) => Math.Min(product * ((Listed)key.Values).Values.Count, MaxRuns + 1L));
        if (all > MaxRuns) throw new UserException($"--grid: wanted {MaxRuns} combinations at most, these are more; --random N draws some of them");
        IEnumerable<IReadOnlyList<string>> combinations = [[]];
        foreach (var (key, values) in keys)
            combinations = [.. combinations.SelectMany(so => ((Listed)values).Values.Select(value => (IReadOnlyList<string>)[.. so, $"{key}={value}"]))];
        return new Sweep([.. keys.Select(key => key.Key)], [.. combinations]);
    }

    private static IReadOnlyList<string> Draw((string Key, IValues Values)[] keys, RandomStream random)
    {
        var values = new List<string>();
        foreach (var (key, choice) in keys) values.Add($"{key}={choice.Draw(random.NextUInt32())}");
        return values;
    }

    private static (string, IValues) Read(string text, bool mayBeRange)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1 || equals == text.Length - 1) throw new UserException($"--grid: wanted KEY=VALUES, as in optimizer.sgd.rate=0.1,0.01, came \"{text}\"");
        var (key, values) = (text[..equals], text[(equals + 1)..]);
        if (values.Split("..") is [var low, var high] && Number(low) is { } from && Number(high) is { } to)
        {
            if (!mayBeRange) throw new UserException($"--grid {text}: a range is for --random N; without it wanted a list, as in 0.1,0.01");
            return from < to ? (key, new Range(from, to)) : throw new UserException($"--grid {text}: wanted the smaller end first");
        }
        var listed = Split(values);
        return listed.Any(value => value.Trim().Length == 0) ? throw new UserException($"--grid {text}: there is a value missing between commas") : (key, new Listed(listed));
    }

    /// <summary>At commas that are in no brackets.</summary>
    private static List<string> Split(string text)
    {
        var (parts, begin, depth) = (new List<string>(), 0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '[' or '{') depth++;
            if (text[i] is ']' or '}') depth--;
            if (text[i] != ',' || depth > 0) continue;
            parts.Add(text[begin..i]);
            begin = i + 1;
        }
        parts.Add(text[begin..]);
        return parts;
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private interface IValues
    {
        string Draw(uint word);
    }

    private sealed record Listed(IReadOnlyList<string> Values) : IValues
    {
        public string Draw(uint word) => Values[(int)(word * (ulong)Values.Count >> 32)];
    }

    private sealed record Range(double Low, double High) : IValues
    {
        public string Draw(uint word)
        {
            var share = word / 4294967296.0;
            var value = Low > 0 ? Low * Math.Pow(High / Low, share) : Low + (High - Low) * share;
            return value.ToString("G4", CultureInfo.InvariantCulture);
        }
    }
}
