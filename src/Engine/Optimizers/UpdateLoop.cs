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

/// <summary>What a step reads and writes of the elements from one offset on: slices of one length.</summary>
internal readonly unsafe ref struct UpdateSlice
{
    private readonly ReadOnlySpan<float> _gradient, _weights;
    private readonly Span<float> _next, _first, _second;
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

    /// <summary>Steps the slice: vectors of 16 (8 without AVX-512), then the rest one by one.</summary>
    /// <param name="plain">One by one from the start: the same bits.</param>
    public void Apply<TRule>(TRule rule, bool plain) where TRule : struct, IUpdateRule
    {
        var done = plain ? 0
            : Vector512.IsHardwareAccelerated ? Loop<TRule, Lanes512, Vector512<float>>(rule, 0)
            : Loop<TRule, Lanes256, Vector256<float>>(rule, 0);
        Loop<TRule, Lanes1, float>(rule, done);
    }

    /// <returns>Where it stopped: fewer elements are left than a vector holds.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Loop<TRule, L, V>(TRule rule, int start) where TRule : struct, IUpdateRule where L : ILanes<V> where V : struct
    {
        // Where there is no state, the rule leaves it alone.
        fixed (float* g = _gradient, w = _weights, n = _next, s = _first.IsEmpty ? _next : _first, t = _second.IsEmpty ? _next : _second)
        {
            var (i, width) = (start, Unsafe.SizeOf<V>() / sizeof(float));
            if (_isFar && (nuint)n % (nuint)Unsafe.SizeOf<V>() == 0)
            {
                for (; i + width <= _gradient.Length; i += width)
                {
                    Prefetch.Ahead(w + i);
                    Prefetch.Ahead(s + i);
                    L.Stream(rule.Next<L, V>(At<V>(g + i), At<V>(w + i), ref At<V>(s + i), ref At<V>(t + i)), n + i);
                }
                Prefetch.EndOfStream();
                return i;
            }
            for (; i + width <= _gradient.Length; i += width)
            {
                Prefetch.Ahead(w + i);
                Prefetch.Ahead(s + i);
                Prefetch.Ahead(n + i);
                At<V>(n + i) = rule.Next<L, V>(At<V>(g + i), At<V>(w + i), ref At<V>(s + i), ref At<V>(t + i));
            }
            return i;
        }
    }

    /// <summary>The elements from there on as a vector, wherever they are aligned: Vector types are read and written unaligned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref V At<V>(float* start) => ref Unsafe.AsRef<V>(start);
}
