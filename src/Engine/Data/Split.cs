using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data;

/// <summary>Cuts a set that has no test part of its own.</summary>
public static class Split
{
    /// <summary>Takes ⌊N·fraction⌋ samples, but at least 1, for the test part, the rest for training; both in their old order.</summary>
    /// <remarks>Which samples go follows from (seed, N) alone. Statistics for scaling come from the training part only.</remarks>
    /// <param name="testFraction">Between 0 and 1, both excluded.</param>
    /// <exception cref="DataException">The fraction is out of range, or there are fewer than two samples.</exception>
    public static DataPair ByFraction(StoredDataSet set, double testFraction, ulong seed, Scaling scaling)
    {
        if (testFraction is not (> 0 and < 1))
            throw new DataException($"the test part is a fraction between 0 and 1, both excluded, got {testFraction}");
        if (set.Count < 2) throw new DataException($"a split needs at least 2 samples, got {set.Count}");
        var order = new int[set.Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        var random = new RandomStream(seed, RandomPurpose.Split);
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = random.NextInt(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        var tests = Math.Clamp((int)(set.Count * testFraction), 1, set.Count - 1);
        Array.Sort(order, 0, tests);
        Array.Sort(order, tests, order.Length - tests);
        return DataPair.Scaled(set.Select(order.AsSpan(tests)), set.Select(order.AsSpan(0, tests)), scaling);
    }
}
