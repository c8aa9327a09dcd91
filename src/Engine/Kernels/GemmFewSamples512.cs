using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>y = x·Wᵀ + β for few samples: W, of which each element is used only once for a group of samples, is read where it lies.</summary>
/// <remarks><code>
/// pack x in panels of 32 samples      all of them fit L2
/// for 12 rows of W                    each read from memory once
///   for panels of x: a tile of yᵀ, turned round when it is done
/// </code>
/// For many samples packing W is worth its while, and <see cref="GemmBlocked{TTile,TLow,TFlat}"/> is faster. The order of operations is that of
/// <see cref="Gemm"/>.
/// </remarks>
internal static unsafe class GemmFewSamples512
{
    private const int Rows = 12, Columns = 32;

    /// <summary>Elements of x at most: 1.25 MiB.</summary>
    private const int MaxElements = 320 * 1024;

    /// <summary>Samples at most; with more of them packing W costs little.</summary>
    private const int MaxSamples = 256;

    /// <summary>Products per element at least; with fewer of them turning the tiles round costs more.</summary>
    private const int MinDepth = 64;

    /// <summary>Whether it is the faster one for a product of these sizes.</summary>
    public static bool Fits(int samples, int outputs, int inputs) => Vector512.IsHardwareAccelerated && outputs >= Rows && inputs >= MinDepth
        && samples <= MaxSamples && (long)samples * inputs <= MaxElements;

    /// <param name="x">[samples, inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="y">[samples, outputs], written.</param>
    /// <param name="bias">[outputs]; or null.</param>
    public static void Multiply(int samples, int outputs, int inputs, float* x, float* weight, float* y, float* bias)
    {
        var padded = (samples + Columns - 1) / Columns * Columns;
        var sizeX = GemmScratch.Aligned((long)padded * inputs);
        var panels = GemmScratch.Mine.Get(sizeX + (Rows * Columns));
        var tile = panels + sizeX;
        GemmPacking.Pack(x, inputs, 1, samples, inputs, Columns, panels);
        for (var i = 0; i < outputs; i += Rows)
        {
            // The last rows reach back over some that are done: they come out the same once more.
            var row = Math.Min(i, outputs - Rows);
            for (var j = 0; j < samples; j += Columns)
            {
                Tile(inputs, weight + ((nint)row * inputs), panels + ((nint)j * inputs), tile, bias == null ? null : bias + row);
                TurnRound(tile, Math.Min(Columns, samples - j), y + ((nint)j * outputs) + row, outputs);
            }
        }
    }

    /// <summary>Writes a tile [12, 32] as [samples, 12].</summary>
    private static void TurnRound(float* tile, int samples, float* y, nint outputs)
    {
        var sample = 0;
        for (; sample <= samples - 4; sample += 4, tile += 4, y += 4 * outputs)
        {
            for (var row = 0; row < Rows; row += 4) GemmPacking.Transpose4(tile + (row * Columns), Columns, y + row, outputs);
        }
        for (; sample < samples; sample++, tile++, y += outputs)
        {
            for (var row = 0; row < Rows; row++) y[row] = tile[row * Columns];
        }
    }

    /// <summary>12 rows of W, 32 samples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(nint k, float* a, float* b, float* c, float* bias)
    {
        var (ld, ld2) = (k, 2 * k);
        var a3 = a + (3 * k);
        var a6 = a + (6 * k);
        var a9 = a + (9 * k);
        var (c0a, c0b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c1a, c1b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c2a, c2b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c3a, c3b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c4a, c4b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c5a, c5b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c6a, c6b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c7a, c7b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c8a, c8b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c9a, c9b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c10a, c10b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c11a, c11b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (; k > 0; k--)
        {
            var ba = Vector512.LoadAligned(b);
            var bb = Vector512.LoadAligned(b + 16);
            var w0 = Vector512.Create(*a);
            c0a = Vector512.FusedMultiplyAdd(w0, ba, c0a);
            c0b = Vector512.FusedMultiplyAdd(w0, bb, c0b);
            var w1 = Vector512.Create(a[ld]);
            c1a = Vector512.FusedMultiplyAdd(w1, ba, c1a);
            c1b = Vector512.FusedMultiplyAdd(w1, bb, c1b);
            var w2 = Vector512.Create(a[ld2]);
            c2a = Vector512.FusedMultiplyAdd(w2, ba, c2a);
            c2b = Vector512.FusedMultiplyAdd(w2, bb, c2b);
            var w3 = Vector512.Create(*a3);
            c3a = Vector512.FusedMultiplyAdd(w3, ba, c3a);
            c3b = Vector512.FusedMultiplyAdd(w3, bb, c3b);
            var w4 = Vector512.Create(a3[ld]);
            c4a = Vector512.FusedMultiplyAdd(w4, ba, c4a);
            c4b = Vector512.FusedMultiplyAdd(w4, bb, c4b);
            var w5 = Vector512.Create(a3[ld2]);
            c5a = Vector512.FusedMultiplyAdd(w5, ba, c5a);
            c5b = Vector512.FusedMultiplyAdd(w5, bb, c5b);
            var w6 = Vector512.Create(*a6);
            c6a = Vector512.FusedMultiplyAdd(w6, ba, c6a);
            c6b = Vector512.FusedMultiplyAdd(w6, bb, c6b);
            var w7 = Vector512.Create(a6[ld]);
            c7a = Vector512.FusedMultiplyAdd(w7, ba, c7a);
            c7b = Vector512.FusedMultiplyAdd(w7, bb, c7b);
            var w8 = Vector512.Create(a6[ld2]);
            c8a = Vector512.FusedMultiplyAdd(w8, ba, c8a);
            c8b = Vector512.FusedMultiplyAdd(w8, bb, c8b);
            var w9 = Vector512.Create(*a9);
            c9a = Vector512.FusedMultiplyAdd(w9, ba, c9a);
            c9b = Vector512.FusedMultiplyAdd(w9, bb, c9b);
            var w10 = Vector512.Create(a9[ld]);
            c10a = Vector512.FusedMultiplyAdd(w10, ba, c10a);
            c10b = Vector512.FusedMultiplyAdd(w10, bb, c10b);
            var w11 = Vector512.Create(a9[ld2]);
            c11a = Vector512.FusedMultiplyAdd(w11, ba, c11a);
            c11b = Vector512.FusedMultiplyAdd(w11, bb, c11b);
            a++;
            a3++;
            a6++;
            a9++;
            b += Columns;
        }
        if (bias != null)
        {
            (c0a, c0b) = (c0a + Vector512.Create(bias[0]), c0b + Vector512.Create(bias[0]));
            (c1a, c1b) = (c1a + Vector512.Create(bias[1]), c1b + Vector512.Create(bias[1]));
            (c2a, c2b) = (c2a + Vector512.Create(bias[2]), c2b + Vector512.Create(bias[2]));
            (c3a, c3b) = (c3a + Vector512.Create(bias[3]), c3b + Vector512.Create(bias[3]));
            (c4a, c4b) = (c4a + Vector512.Create(bias[4]), c4b + Vector512.Create(bias[4]));
            (c5a, c5b) = (c5a + Vector512.Create(bias[5]), c5b + Vector512.Create(bias[5]));
            (c6a, c6b) = (c6a + Vector512.Create(bias[6]), c6b + Vector512.Create(bias[6]));
            (c7a, c7b) = (c7a + Vector512.Create(bias[7]), c7b + Vector512.Create(bias[7]));
            (c8a, c8b) = (c8a + Vector512.Create(bias[8]), c8b + Vector512.Create(bias[8]));
            (c9a, c9b) = (c9a + Vector512.Create(bias[9]), c9b + Vector512.Create(bias[9]));
            (c10a, c10b) = (c10a + Vector512.Create(bias[10]), c10b + Vector512.Create(bias[10]));
            (c11a, c11b) = (c11a + Vector512.Create(bias[11]), c11b + Vector512.Create(bias[11]));
        }
        c0a.StoreAligned(c);
        c0b.StoreAligned(c + 16);
        c1a.StoreAligned(c + 32);
        c1b.StoreAligned(c + 48);
        c2a.StoreAligned(c + 64);
        c2b.StoreAligned(c + 80);
        c3a.StoreAligned(c + 96);
        c3b.StoreAligned(c + 112);
        c4a.StoreAligned(c + 128);
        c4b.StoreAligned(c + 144);
        c5a.StoreAligned(c + 160);
        c5b.StoreAligned(c + 176);
        c6a.StoreAligned(c + 192);
        c6b.StoreAligned(c + 208);
        c7a.StoreAligned(c + 224);
        c7b.StoreAligned(c + 240);
        c8a.StoreAligned(c + 256);
        c8b.StoreAligned(c + 272);
        c9a.StoreAligned(c + 288);
        c9b.StoreAligned(c + 304);
        c10a.StoreAligned(c + 320);
        c10b.StoreAligned(c + 336);
        c11a.StoreAligned(c + 352);
        c11b.StoreAligned(c + 368);
    }
}
