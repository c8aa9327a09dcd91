using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>A number of registers that is known when the code is compiled.</summary>
internal interface ICount
{
    static abstract int Value { get; }
}

internal readonly struct One : ICount
{
    public static int Value => 1;
}

internal readonly struct Two : ICount
{
    public static int Value => 2;
}

internal readonly struct Three : ICount
{
    public static int Value => 3;
}

internal readonly struct Five : ICount
{
    public static int Value => 5;
}

/// <summary>The innermost loops of a convolution's gradients where few outputs have one: a block of a map's window, in
/// registers, meets the image at one output after another.</summary>
/// <remarks>The block is TRows rows by TVectors vectors of (column, channel); image and window are [y, x, channel].</remarks>
internal static unsafe class WindowTile<L, V, TRows, TVectors>
    where L : ILanes<V> where V : struct where TRows : ICount where TVectors : ICount
{
    private static nint Lanes => Unsafe.SizeOf<V>() / sizeof(float);

    /// <summary>sums[r, i] goes on as the chain over outputs n of g[n]·image[at[n] + r·pitch + i], total as the sum of g[n].</summary>
    /// <param name="row">Elements from a row of <paramref name="sums"/> to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightGradient(int* at, float* g, int count, float* image, nint pitch, float* sums, nint row, float* total)
    {
        V s00 = default, s01 = default, s02 = default, s03 = default, s04 = default;
        V s10 = default, s11 = default, s12 = default, s13 = default, s14 = default;
        V s20 = default, s21 = default, s22 = default, s23 = default, s24 = default;
        V s30 = default, s31 = default, s32 = default, s33 = default, s34 = default;
        V s40 = default, s41 = default, s42 = default, s43 = default, s44 = default;
        Load(sums, ref s00, ref s01, ref s02, ref s03, ref s04);
        if (TRows.Value > 1)
            Load(sums + row, ref s10, ref s11, ref s12, ref s13, ref s14);
        if (TRows.Value > 2)
            Load(sums + (2 * row), ref s20, ref s21, ref s22, ref s23, ref s24);
        if (TRows.Value > 3)
            Load(sums + (3 * row), ref s30, ref s31, ref s32, ref s33, ref s34);
        if (TRows.Value > 4)
            Load(sums + (4 * row), ref s40, ref s41, ref s42, ref s43, ref s44);
        var sum = L.Create(*total);
        for (var end = at + count; at < end; at++, g++)
        {
            var x = image + *at;
            var d = L.Create(*g);
            sum = L.Add(sum, d);
            Add(d, x, ref s00, ref s01, ref s02, ref s03, ref s04);
            if (TRows.Value > 1)
                Add(d, x + pitch, ref s10, ref s11, ref s12, ref s13, ref s14);
            if (TRows.Value > 2)
                Add(d, x + (2 * pitch), ref s20, ref s21, ref s22, ref s23, ref s24);
            if (TRows.Value > 3)
                Add(d, x + (3 * pitch), ref s30, ref s31, ref s32, ref s33, ref s34);
            if (TRows.Value > 4)
                Add(d, x + (4 * pitch), ref s40, ref s41, ref s42, ref s43, ref s44);
        }
        Store(sums, s00, s01, s02, s03, s04);
        if (TRows.Value > 1)
            Store(sums + row, s10, s11, s12, s13, s14);
        if (TRows.Value > 2)
            Store(sums + (2 * row), s20, s21, s22, s23, s24);
        if (TRows.Value > 3)
            Store(sums + (3 * row), s30, s31, s32, s33, s34);
        if (TRows.Value > 4)
            Store(sums + (4 * row), s40, s41, s42, s43, s44);
        var last = sum; // apart, so that the sum itself stays in a register
        *total = Unsafe.As<V, float>(ref last);
    }

    /// <summary>For outputs n from the last to the first: image[at[n] + r·pitch + i] = fma(g[n], weight[r, i], image[…]).</summary>
    /// <remarks>The block must be the whole window: else pixels would meet its weights in another order.</remarks>
    /// <param name="weight">[TRows, TVectors].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void InputGradient(int* at, float* g, int count, float* image, nint pitch, float* weight)
    {
        var row = TVectors.Value * Lanes;
        V w00 = default, w01 = default, w02 = default, w03 = default, w04 = default;
        V w10 = default, w11 = default, w12 = default, w13 = default, w14 = default;
        V w20 = default, w21 = default, w22 = default, w23 = default, w24 = default;
        V w30 = default, w31 = default, w32 = default, w33 = default, w34 = default;
        V w40 = default, w41 = default, w42 = default, w43 = default, w44 = default;
        Load(weight, ref w00, ref w01, ref w02, ref w03, ref w04);
        if (TRows.Value > 1)
            Load(weight + row, ref w10, ref w11, ref w12, ref w13, ref w14);
        if (TRows.Value > 2)
            Load(weight + (2 * row), ref w20, ref w21, ref w22, ref w23, ref w24);
        if (TRows.Value > 3)
            Load(weight + (3 * row), ref w30, ref w31, ref w32, ref w33, ref w34);
        if (TRows.Value > 4)
            Load(weight + (4 * row), ref w40, ref w41, ref w42, ref w43, ref w44);
        for (var n = count - 1; n >= 0; n--)
        {
            var x = image + at[n];
            var d = L.Create(g[n]);
            AddTo(x, d, w00, w01, w02, w03, w04);
            if (TRows.Value > 1)
                AddTo(x + pitch, d, w10, w11, w12, w13, w14);
            if (TRows.Value > 2)
                AddTo(x + (2 * pitch), d, w20, w21, w22, w23, w24);
            if (TRows.Value > 3)
                AddTo(x + (3 * pitch), d, w30, w31, w32, w33, w34);
            if (TRows.Value > 4)
                AddTo(x + (4 * pitch), d, w40, w41, w42, w43, w44);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(float* row, ref V v0, ref V v1, ref V v2, ref V v3, ref V v4)
    {
        v0 = Get(row);
        if (TVectors.Value > 1) v1 = Get(row + Lanes);
        if (TVectors.Value > 2) v2 = Get(row + (2 * Lanes));
        if (TVectors.Value > 3) v3 = Get(row + (3 * Lanes));
        if (TVectors.Value > 4) v4 = Get(row + (4 * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* row, V v0, V v1, V v2, V v3, V v4)
    {
        Put(row, v0);
        if (TVectors.Value > 1) Put(row + Lanes, v1);
        if (TVectors.Value > 2) Put(row + (2 * Lanes), v2);
        if (TVectors.Value > 3) Put(row + (3 * Lanes), v3);
        if (TVectors.Value > 4) Put(row + (4 * Lanes), v4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(V d, float* x, ref V v0, ref V v1, ref V v2, ref V v3, ref V v4)
    {
        v0 = L.Fma(d, Get(x), v0);
        if (TVectors.Value > 1) v1 = L.Fma(d, Get(x + Lanes), v1);
        if (TVectors.Value > 2) v2 = L.Fma(d, Get(x + (2 * Lanes)), v2);
        if (TVectors.Value > 3) v3 = L.Fma(d, Get(x + (3 * Lanes)), v3);
        if (TVectors.Value > 4) v4 = L.Fma(d, Get(x + (4 * Lanes)), v4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(float* x, V d, V v0, V v1, V v2, V v3, V v4)
    {
        Put(x, L.Fma(d, v0, Get(x)));
        if (TVectors.Value > 1) Put(x + Lanes, L.Fma(d, v1, Get(x + Lanes)));
        if (TVectors.Value > 2) Put(x + (2 * Lanes), L.Fma(d, v2, Get(x + (2 * Lanes))));
        if (TVectors.Value > 3) Put(x + (3 * Lanes), L.Fma(d, v3, Get(x + (3 * Lanes))));
        if (TVectors.Value > 4) Put(x + (4 * Lanes), L.Fma(d, v4, Get(x + (4 * Lanes))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Get(float* at) => Unsafe.ReadUnaligned<V>(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* at, V value) => Unsafe.WriteUnaligned(at, value);
}
