namespace Distributed.Engine.Randomness;

/// <summary>The order in which an epoch visits the samples: a permutation that follows from (seed, epoch) alone.</summary>
/// <remarks>
/// Fisher-Yates from the last position down, keyed by (seed, epoch): epoch e is had without those before it. Keeps the last epoch's
/// permutation (4·N bytes) and allocates nothing after the constructor. Not thread-safe: one owner each.
/// </remarks>
public sealed class SampleOrder
{
    private readonly int[] _permutation;
    private readonly ulong _seed;
    private int _epoch = -1;

    /// <param name="samples">N, samples of the training set; at least 1.</param>
    public SampleOrder(int samples, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        _permutation = new int[samples];
        _seed = seed;
    }

    public int Samples => _permutation.Length;

    /// <summary>Writes the samples at positions [first, first + indices.Length) of the epoch's order.</summary>
    /// <param name="epoch">At least 0.</param>
    public void Fill(int epoch, int first, Span<int> indices)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        if (first < 0 || indices.Length > Samples - first)
            throw new ArgumentOutOfRangeException(nameof(first), first,
                $"an epoch has positions 0 to {Samples - 1}; {indices.Length} from position {first} on do not fit");
        if (epoch != _epoch) Shuffle(epoch);
        _permutation.AsSpan(first, indices.Length).CopyTo(indices);
    }

    private void Shuffle(int epoch)
    {
        for (var i = 0; i < _permutation.Length; i++) _permutation[i] = i;
        var random = new RandomStream(_seed, RandomPurpose.SampleOrder, (uint)epoch);
        for (var i = _permutation.Length - 1; i > 0; i--)
        {
            var j = random.NextInt(i + 1);
            (_permutation[i], _permutation[j]) = (_permutation[j], _permutation[i]);
        }
        _epoch = epoch;
    }
}
