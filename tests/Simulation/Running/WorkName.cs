using System.Globalization;
using Distributed.Engine.Training;

namespace Distributed.Simulations.Running;

/// <summary>What a worker calls its work: "step 3 shards 0-3".</summary>
internal static class WorkName
{
    private const string Step = "step ", Shards = " shards ";

    /// <returns>Null: it is no computation of shards.</returns>
    public static (long Step, ShardRange Range)? Parse(string name)
    {
        var at = name.IndexOf(Shards, StringComparison.Ordinal);
        if (at < 0 || !name.StartsWith(Step, StringComparison.Ordinal)) return null;
        var ends = name[(at + Shards.Length)..].Split(' ')[0].Split('-');
        var (first, last) = (Number(ends[0]), Number(ends[^1]));
        return (Number(name[Step.Length..at]), new ShardRange((int)first, (int)(last - first + 1)));
    }

    private static long Number(string digits) => long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}
