using Distributed.Engine.Kernels;

namespace Distributed.Engine.Randomness;

/// <summary>A sequence of random numbers that is fully named by (seed, purpose, a, b, c).</summary>
/// <remarks><code>
/// key      seed
/// counter  (block 0, 1, 2, …; b; a; purpose in the top 8 bits, c in the low 24)
/// </code>
/// Two streams whose names differ in anything draw from disjoint counters. A stream is a mutable struct: pass it by reference.
/// The same calls give the same bits on every machine.
/// </remarks>
public struct RandomStream
{
    /// <summary>c is below this.</summary>
    public const uint MaxC = 1 << 24;

    private const int WordsPerBlock = 4;

    private readonly uint _key0, _key1, _a, _b, _purpose;
    private PhiloxBlock _block;
    private ulong _nextBlock;
    private int _used = WordsPerBlock;
    private double _spare;
    private bool _hasSpare;

    /// <param name="c">Below <see cref="MaxC"/>.</param>
    public RandomStream(ulong seed, RandomPurpose purpose, uint a = 0, uint b = 0, uint c = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(c, MaxC);
        (_key0, _key1) = ((uint)seed, (uint)(seed >> 32));
        (_a, _b, _purpose) = (a, b, ((uint)purpose << 24) | c);
    }

    /// <exception cref="InvalidOperationException">All 2^34 words of the stream have been drawn.</exception>
    public uint NextUInt32()
    {
        if (_used == WordsPerBlock)
        {
            if (_nextBlock > uint.MaxValue) throw new InvalidOperationException("a random stream holds 2^34 words; all are drawn");
            _block = Philox.Block(new PhiloxBlock((uint)_nextBlock++, _b, _a, _purpose), _key0, _key1);
            _used = 0;
        }
        return _used++ switch { 0 => _block.Word0, 1 => _block.Word1, 2 => _block.Word2, _ => _block.Word3 };
    }

    /// <summary>The words of the stream from 4·<paramref name="firstBlock"/> on; the stream is not moved by it.</summary>
    public readonly void Fill(uint firstBlock, Span<uint> words) =>
        Philox.Fill(new PhiloxBlock(firstBlock, _b, _a, _purpose), _key0, _key1, words);

    /// <summary>A whole number 0..n−1, each exactly as likely (Lemire's multiplication with rejection).</summary>
    /// <param name="n">At least 1.</param>
    public int NextInt(int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        var product = (ulong)NextUInt32() * (uint)n;
        if ((uint)product < (uint)n)
        {
            var threshold = (uint)((1UL << 32) % (uint)n);
            while ((uint)product < threshold) product = (ulong)NextUInt32() * (uint)n;
        }
        return (int)(product >> 32);
    }

    /// <summary>Uniform in [0, 1): a multiple of 2^−24.</summary>
    public float NextFloat() => (NextUInt32() >> 8) * (1f / (1 << 24));

    /// <summary>Uniform in [0, 1): a multiple of 2^−53. Takes two words, the high one first.</summary>
    public double NextDouble()
    {
        var high = (ulong)NextUInt32() << 32;
        return ((high | NextUInt32()) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Normal with mean 0 and standard deviation 1.</summary>
    /// <remarks>Box-Muller: r = √(−2·ln(1 − u)), t = 2π·v gives r·cos t, and r·sin t at the call after. The largest value is
    /// √(2·53·ln 2) ≈ 8.57.</remarks>
    public double NextGaussian()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }
        var radius = Math.Sqrt(-2 * PortableMath.Log(1 - NextDouble()));
        var angle = 2 * Math.PI * NextDouble();
        _spare = radius * PortableMath.Sin(angle);
        _hasSpare = true;
        return radius * PortableMath.Cos(angle);
    }
}
