using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Optimizers;

/// <summary>An optimizer's formula for one element, written once for every vector width.</summary>
internal interface IUpdateRule
{
    /// <summary>The weight after the step.</summary>
    /// <param name="g">Its element of ∇L.</param>
    /// <param name="w">The weight before the step.</param>
    /// <param name="first">Its element of the first state vector, changed in place; not to be touched where there is none.</param>
    /// <param name="second">Of the second.</param>
    V Next<L, V>(V g, V w, ref V first, ref V second) where L : ILanes<V> where V : struct;
}

/// <summary>Where an element of ∇L comes from.</summary>
internal interface IGradientSource
{
    /// <summary>Whether it is made here, and so is yet to be looked at: see <see cref="UpdateSlice"/>.</summary>
    static abstract bool IsMade { get; }

    /// <param name="g">An element of the slice's first vector.</param>
    /// <param name="right">Of its second one; of no use where there is none.</param>
    V Next<L, V>(V g, ref V right) where L : ILanes<V> where V : struct;
}

/// <summary>What a step reads and writes of the elements from one offset on: slices of one length.</summary>
internal readonly unsafe ref struct UpdateSlice
{
    private readonly ReadOnlySpan<float> _gradient, _right, _weights;
    private readonly Span<float> _next, _first, _second;
    private readonly int _samples;
    private readonly bool _isFar;

    /// <param name="optimizer">For the message.</param>
    /// <param name="offset">Of the slice in the flat vector.</param>
    public UpdateSlice(string optimizer, int offset, ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights, Span<float> next,
        OptimizerState state)
    {
        if (weights.Length != gradient.Length || next.Length != gradient.Length)
            throw new ArgumentException($"{optimizer}: gradient, weights and next are one slice each of the same length, " +
                $"got {gradient.Length}, {weights.Length} and {next.Length}");
        _gradient = gradient;
        _weights = weights;
        _next = next;
        _isFar = state.Parameters >= Prefetch.Far;
        if (state.Names.Count > 0) _first = state[0].Span.Slice(offset, gradient.Length);
        if (state.Names.Count > 1) _second = state[1].Span.Slice(offset, gradient.Length);
    }

    /// <summary>As the other, ∇L still being sums over the samples.</summary>
    /// <param name="left">The sums, or the left half of them.</param>
    /// <param name="right">The right half, to be added; or empty.</param>
    /// <param name="samples">What the sums are divided by.</param>
    public UpdateSlice(string optimizer, int offset, ReadOnlySpan<float> left, ReadOnlySpan<float> right, int samples, ReadOnlySpan<float> weights,
        Span<float> next, OptimizerState state) : this(optimizer, offset, left, weights, next, state)
    {
        if (!right.IsEmpty && right.Length != left.Length)
            throw new ArgumentException($"{optimizer}: halves of {left.Length} and {right.Length} sums, which are to be of one length");
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        _right = right;
        _samples = samples;
    }

    /// <summary>Steps the slice: vectors of 16 (8 without AVX-512), then the rest one by one.</summary>
    /// <param name="plain">One by one from the start: the same bits.</param>
    /// <returns>False: an element of ∇L was made from sums here, and is not finite.</returns>
    public bool Apply<TRule>(TRule rule, bool plain) where TRule : struct, IUpdateRule =>
        _samples == 0 ? Apply(rule, default(Given), plain) : Apply(rule, new MeanOfSums(_samples, !_right.IsEmpty), plain);

    private bool Apply<TRule, TSource>(TRule rule, TSource source, bool plain) where TRule : struct, IUpdateRule where TSource : struct, IGradientSource
    {
        var (done, isFinite) = plain ? (0, true)
            : Vector512.IsHardwareAccelerated ? Loop<TRule, TSource, Lanes512, Vector512<float>>(rule, source, 0)
            : Loop<TRule, TSource, Lanes256, Vector256<float>>(rule, source, 0);
        return Loop<TRule, TSource, Lanes1, float>(rule, source, done).IsFinite && isFinite;
    }

    /// <returns>Where it stopped: fewer elements are left than a vector holds.</returns>
    /// <remarks>Nothing is asked for ahead: all is read and written in order, which processors see by themselves.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (int End, bool IsFinite) Loop<TRule, TSource, L, V>(TRule rule, TSource source, int start)
        where TRule : struct, IUpdateRule where TSource : struct, IGradientSource where L : ILanes<V> where V : struct
    {
        // Where there is no state, the rule leaves it alone; so does the source the right half.
        fixed (float* g = _gradient, r = _right.IsEmpty ? _gradient : _right, w = _weights, n = _next, s = _first.IsEmpty ? _next : _first,
            t = _second.IsEmpty ? _next : _second)
        {
            var (i, width) = (start, Unsafe.SizeOf<V>() / sizeof(float));
            var (zero, notFinite) = (L.Create(0f), L.Create(0f)); // 0·g: NaN where g is not finite, which no sum loses again
            if (_isFar && (nuint)n % (nuint)Unsafe.SizeOf<V>() == 0)
            {
                for (; i + width <= _gradient.Length; i += width)
                {
                    var gradient = source.Next<L, V>(At<V>(g + i), ref At<V>(r + i));
                    if (TSource.IsMade) notFinite = L.Fma(zero, gradient, notFinite);
                    L.Stream(rule.Next<L, V>(gradient, At<V>(w + i), ref At<V>(s + i), ref At<V>(t + i)), n + i);
                }
                Prefetch.EndOfStream();
            }
            for (; i + width <= _gradient.Length; i += width)
            {
                var gradient = source.Next<L, V>(At<V>(g + i), ref At<V>(r + i));
                if (TSource.IsMade) notFinite = L.Fma(zero, gradient, notFinite);
                At<V>(n + i) = rule.Next<L, V>(gradient, At<V>(w + i), ref At<V>(s + i), ref At<V>(t + i));
            }
            return (i, !TSource.IsMade || IsZero(notFinite));
        }
    }

    private static bool IsZero<V>(V lanes) where V : struct
    {
        foreach (var lane in MemoryMarshal.Cast<V, float>(new ReadOnlySpan<V>(in lanes)))
            if (lane != 0) return false;
        return true;
    }

    /// <summary>The elements from there on as a vector, wherever they are aligned: Vector types are read and written unaligned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref V At<V>(float* start) => ref Unsafe.AsRef<V>(start);

    /// <summary>∇L as it is.</summary>
    private readonly struct Given : IGradientSource
    {
        public static bool IsMade => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Next<L, V>(V g, ref V right) where L : ILanes<V> where V : struct => g;
    }

    /// <summary>(left + right) / samples, or left / samples, as <see cref="TreeMean"/> has it.</summary>
    private readonly struct MeanOfSums(int samples, bool hasRight) : IGradientSource
    {
        private readonly bool _isExact = int.IsPow2(samples);
        private readonly float _factor = TreeMean.Factor(samples);

        public static bool IsMade => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Next<L, V>(V g, ref V right) where L : ILanes<V> where V : struct
        {
            var sum = hasRight ? L.Add(g, right) : g;
            return _isExact ? L.Multiply(sum, L.Create(_factor)) : L.Divide(sum, L.Create(_factor));
        }
    }
}
