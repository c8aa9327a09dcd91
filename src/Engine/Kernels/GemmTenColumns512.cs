using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>y = x·Wᵀ + β with ten outputs: the forward product of an output layer of ten classes.</summary>
/// <remarks><code>
/// for 32 samples                      as lanes, so that none is empty
///   for blocks of inputs              x is turned round into a panel that stays in L1
///     ten sums for 32 samples, in 20 of AVX-512's 32 registers; W is read where it lies
///   the sums are turned round
/// </code>
/// The order of operations is that of <see cref="Gemm"/>.</remarks>
internal static unsafe class GemmTenColumns512
{
    private const int Outputs = 10, Samples = 32;

    /// <summary>Inputs of a panel: 8 KiB.</summary>
    private const int BlockK = 64;

    /// <summary>Whether <see cref="Multiply"/> is the fastest for these sizes.</summary>
    public static bool Fits(int m, int n, int k) => Vector512.IsHardwareAccelerated && n == Outputs && m >= Samples / 2 && k >= 1;

    /// <param name="samples">Rows of y.</param>
    /// <param name="inputs">Products per element, at least 1.</param>
    /// <param name="x">[samples, inputs].</param>
    /// <param name="weight">[10, inputs].</param>
    /// <param name="y">[samples, 10], written.</param>
    /// <param name="bias">[10]; or null.</param>
    public static void Multiply(int samples, int inputs, float* x, float* weight, float* y, float* bias)
    {
        var sums = GemmScratch.Mine.Get((Outputs * Samples) + ((long)BlockK * Samples));
        var panel = sums + (Outputs * Samples);
        for (; samples > 0; samples -= Samples, x += (nint)Samples * inputs, y += Samples * Outputs)
        {
            var count = Math.Min(Samples, samples);
            for (var p = 0; p < inputs; p += BlockK)
            {
                var depth = Math.Min(BlockK, inputs - p);
                GemmPacking.Pack(x + p, inputs, 1, count, depth, Samples, panel);
                Add(depth, panel, weight + p, inputs, p > 0, sums);
            }
            TurnRound(sums, bias, count, y);
        }
    }

    /// <summary>Ten sums for 32 samples, or what comes next in them.</summary>
    /// <param name="x">[k, 32].</param>
    /// <param name="w">[10, k], rows <paramref name="ldw"/> elements apart.</param>
    /// <param name="accumulate">Whether the chains go on from what is in <paramref name="sums"/>, instead of from +0.</param>
    /// <param name="sums">[10, 32], 64-byte aligned.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(int k, float* x, float* w, nint ldw, bool accumulate, float* sums)
    {
        var (s0a, s0b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (s1a, s1b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (s2a, s2b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (s3a, s3b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (s4a, s4b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (s5a, s5b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (s6a, s6b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (s7a, s7b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (s8a, s8b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (s9a, s9b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        if (accumulate)
        {
            (s0a, s0b) = (Vector512.LoadAligned(sums), Vector512.LoadAligned(sums + 16));
            (s1a, s1b) = (Vector512.LoadAligned(sums + 32), Vector512.LoadAligned(sums + 48));
            (s2a, s2b) = (Vector512.LoadAligned(sums + 64), Vector512.LoadAligned(sums + 80));
            (s3a, s3b) = (Vector512.LoadAligned(sums + 96), Vector512.LoadAligned(sums + 112));
            (s4a, s4b) = (Vector512.LoadAligned(sums + 128), Vector512.LoadAligned(sums + 144));
            (s5a, s5b) = (Vector512.LoadAligned(sums + 160), Vector512.LoadAligned(sums + 176));
            (s6a, s6b) = (Vector512.LoadAligned(sums + 192), Vector512.LoadAligned(sums + 208));
            (s7a, s7b) = (Vector512.LoadAligned(sums + 224), Vector512.LoadAligned(sums + 240));
            (s8a, s8b) = (Vector512.LoadAligned(sums + 256), Vector512.LoadAligned(sums + 272));
            (s9a, s9b) = (Vector512.LoadAligned(sums + 288), Vector512.LoadAligned(sums + 304));
        }
        var ldw2 = 2 * ldw;
        var v3 = w + (3 * ldw);
        var v6 = w + (6 * ldw);
        var v9 = w + (9 * ldw);
        for (; k > 0; k--)
        {
            var xa = Vector512.LoadAligned(x);
            var xb = Vector512.LoadAligned(x + 16);
            var w0 = Vector512.Create(*w);
            (s0a, s0b) = (Vector512.FusedMultiplyAdd(xa, w0, s0a), Vector512.FusedMultiplyAdd(xb, w0, s0b));
            var w1 = Vector512.Create(w[ldw]);
            (s1a, s1b) = (Vector512.FusedMultiplyAdd(xa, w1, s1a), Vector512.FusedMultiplyAdd(xb, w1, s1b));
            var w2 = Vector512.Create(w[ldw2]);
            (s2a, s2b) = (Vector512.FusedMultiplyAdd(xa, w2, s2a), Vector512.FusedMultiplyAdd(xb, w2, s2b));
            var u3 = Vector512.Create(*v3);
            (s3a, s3b) = (Vector512.FusedMultiplyAdd(xa, u3, s3a), Vector512.FusedMultiplyAdd(xb, u3, s3b));
            var u4 = Vector512.Create(v3[ldw]);
            (s4a, s4b) = (Vector512.FusedMultiplyAdd(xa, u4, s4a), Vector512.FusedMultiplyAdd(xb, u4, s4b));
            var u5 = Vector512.Create(v3[ldw2]);
            (s5a, s5b) = (Vector512.FusedMultiplyAdd(xa, u5, s5a), Vector512.FusedMultiplyAdd(xb, u5, s5b));
            var u6 = Vector512.Create(*v6);
            (s6a, s6b) = (Vector512.FusedMultiplyAdd(xa, u6, s6a), Vector512.FusedMultiplyAdd(xb, u6, s6b));
            var u7 = Vector512.Create(v6[ldw]);
            (s7a, s7b) = (Vector512.FusedMultiplyAdd(xa, u7, s7a), Vector512.FusedMultiplyAdd(xb, u7, s7b));
            var u8 = Vector512.Create(v6[ldw2]);
            (s8a, s8b) = (Vector512.FusedMultiplyAdd(xa, u8, s8a), Vector512.FusedMultiplyAdd(xb, u8, s8b));
            var u9 = Vector512.Create(*v9);
            (s9a, s9b) = (Vector512.FusedMultiplyAdd(xa, u9, s9a), Vector512.FusedMultiplyAdd(xb, u9, s9b));
            x += Samples;
            w++;
            v3++;
            v6++;
            v9++;
        }
        Store(s0a, s0b, sums);
        Store(s1a, s1b, sums + 32);
        Store(s2a, s2b, sums + 64);
        Store(s3a, s3b, sums + 96);
        Store(s4a, s4b, sums + 128);
        Store(s5a, s5b, sums + 160);
        Store(s6a, s6b, sums + 192);
        Store(s7a, s7b, sums + 224);
        Store(s8a, s8b, sums + 256);
        Store(s9a, s9b, sums + 288);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> a, Vector512<float> b, float* sums)
    {
        a.StoreAligned(sums);
        b.StoreAligned(sums + 16);
    }

    /// <summary>Writes sums [10, 32] as [samples, 10], the bias added.</summary>
    private static void TurnRound(float* sums, float* bias, int samples, float* y)
    {
        if (bias != null)
        {
            for (var output = 0; output < Outputs; output++)
            {
                var added = Vector512.Create(bias[output]);
                var row = sums + (output * Samples);
                Store(Vector512.LoadAligned(row) + added, Vector512.LoadAligned(row + 16) + added, row);
            }
        }
        var sample = 0;
        for (; sample <= samples - 4; sample += 4, sums += 4, y += 4 * Outputs)
        {
            GemmPacking.Transpose4(sums, Samples, y, Outputs);
            GemmPacking.Transpose4(sums + (4 * Samples), Samples, y + 4, Outputs);
            for (var i = 0; i < 4; i++) (y[(i * Outputs) + 8], y[(i * Outputs) + 9]) = (sums[(8 * Samples) + i], sums[(9 * Samples) + i]);
        }
        for (; sample < samples; sample++, sums++, y += Outputs)
        {
            for (var output = 0; output < Outputs; output++) y[output] = sums[output * Samples];
        }
    }
}
