using System.Runtime.InteropServices;

namespace Distributed.Coordinator.Runs;

/// <summary>Counts numbers by sign and power of two: the same buckets for weights of any size, so that histograms can be laid side by side.</summary>
/// <remarks>Buckets from the most negative to the most positive: -2^8 and below, ..., -2^-23 and nearer to zero, zero, and so on upwards.</remarks>
internal static class MagnitudeHistogram
{
    public const int LeastExponent = -24, MostExponent = 7;

    /// <summary>Of one sign.</summary>
    private const int Side = MostExponent - LeastExponent + 1;

    public const int Buckets = 2 * Side + 1;

    private const int ExponentBias = 127, MantissaBits = 23, Exponents = 256;

    /// <summary>The upper limit of each bucket, for TensorBoard.</summary>
    public static IReadOnlyList<double> Limits { get; } = [.. Enumerable.Range(0, Buckets).Select(Limit)];

    /// <summary>Adds numbers to the counts. NaN counts as large.</summary>
    public static void Add(ReadOnlySpan<float> numbers, Span<long> counts)
    {
        // By sign and exponent as they stand in the number; in turn in two tables, since a count waits for the one before it in the same place.
        Span<int> even = stackalloc int[2 * Exponents], odd = stackalloc int[2 * Exponents];
        even.Clear();
        odd.Clear();
        var bits = MemoryMarshal.Cast<float, uint>(numbers);
        var i = 0;
        for (; i + 1 < bits.Length; i += 2)
        {
            even[(int)(bits[i] >> MantissaBits)]++;
            odd[(int)(bits[i + 1] >> MantissaBits)]++;
        }
        if (i < bits.Length) even[(int)(bits[i] >> MantissaBits)]++;
        for (var place = 0; place < even.Length; place++)
        {
            var distance = Math.Clamp(place % Exponents - ExponentBias, LeastExponent, MostExponent) - LeastExponent + 1;
            counts[place < Exponents ? Side + distance : Side - distance] += even[place] + odd[place];
        }
        // Zeros were counted with the smallest numbers, as their exponent has it.
        var (zeros, negativeZeros) = (bits.Count(0u), bits.Count(1u << 31));
        counts[Side + 1] -= zeros;
        counts[Side - 1] -= negativeZeros;
        counts[Side] += zeros + negativeZeros;
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
