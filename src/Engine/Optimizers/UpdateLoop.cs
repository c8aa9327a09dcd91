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
internal readonly ref struct UpdateSlice
{
    private readonly ReadOnlySpan<float> _gradient, _weights;
    private readonly Span<float> _next, _first, _second;

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
        if (state.Names.Count > 0) _first = state[0].AsSpan(offset, gradient.Length);
        if (state.Names.Count > 1) _second = state[1].AsSpan(offset, gradient.Length);
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
        ref var g = ref MemoryMarshal.GetReference(_gradient);
        ref var w = ref MemoryMarshal.GetReference(_weights);
        ref var n = ref MemoryMarshal.GetReference(_next);
        ref var s = ref MemoryMarshal.GetReference(_first.IsEmpty ? _next : _first); // where there is no state, the rule leaves it alone
        ref var t = ref MemoryMarshal.GetReference(_second.IsEmpty ? _next : _second);
        var (i, width) = (start, Unsafe.SizeOf<V>() / sizeof(float));
        for (; i + width <= _gradient.Length; i += width)
            At<V>(ref n, i) = rule.Next<L, V>(At<V>(ref g, i), At<V>(ref w, i), ref At<V>(ref s, i), ref At<V>(ref t, i));
        return i;
    }

    /// <summary>The elements from i on as a vector, wherever they are aligned: Vector types are read and written unaligned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref V At<V>(ref float start, int i) => ref Unsafe.As<float, V>(ref Unsafe.Add(ref start, i));
}
