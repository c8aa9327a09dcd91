namespace Distributed.Coordinator.Runs;

/// <summary>Counts numbers by sign and power of two: the same buckets for weights of any size, so that histograms can be laid side by side.</summary>
/// <remarks>Buckets from the most negative to the most positive: -2^8 and below, ..., -2^-23 and nearer to zero, zero, and so on upwards.</remarks>
internal static class MagnitudeHistogram
{
    public const int LeastExponent = -24, MostExponent = 7;

    /// <summary>Of one sign.</summary>
    private const int Side = MostExponent - LeastExponent + 1;

    public const int Buckets = 2 * Side + 1;

    private const int ExponentBias = 127, MantissaBits = 23;

    /// <summary>The upper limit of each bucket, for TensorBoard.</summary>
    public static IReadOnlyList<double> Limits { get; } = [.. Enumerable.Range(0, Buckets).Select(Limit)];

    /// <summary>Adds numbers to the counts. NaN counts as large.</summary>
    public static void Add(ReadOnlySpan<float> numbers, Span<long> counts)
    {
        foreach (var number in numbers)
        {
            var bits = BitConverter.SingleToInt32Bits(number);
            var exponent = (bits >> MantissaBits & 0xFF) - ExponentBias;
            var distance = Math.Clamp(exponent, LeastExponent, MostExponent) - LeastExponent + 1;
            counts[number == 0 ? Side : bits < 0 ? Side - distance : Side + distance]++;
        }
    }

    private static double Limit(int bucket) => bucket switch
    {
        Buckets - 1 => double.MaxValue,
        > Side => Math.Pow(2, LeastExponent + bucket - Side),
        Side => 0,
        Side - 1 => -double.Epsilon,
        _ => -Math.Pow(2, LeastExponent + Side - bucket - 1),
    };
}
