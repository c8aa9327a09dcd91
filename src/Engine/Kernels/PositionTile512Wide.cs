using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>A row of 14 positions by 32 maps in 28 of AVX-512's 32 registers; two more hold the weights of a tap, one a pixel.</summary>
internal readonly unsafe struct PositionTile512Wide : IPositionTile
{
    public static int Maps => 32;

    public static void Run(int* taps, int count, float* image, nint below, float* weight, float* y)
    {
        Row(taps, count, image, weight, y);
        Row(taps, count, image + below, weight, y + (IPositionTile.Positions * Maps));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row(int* taps, int count, float* image, float* weight, float* y)
    {
        var (y0a, y0b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y1a, y1b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y2a, y2b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y3a, y3b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y4a, y4b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y5a, y5b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y6a, y6b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y7a, y7b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y8a, y8b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y9a, y9b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y10a, y10b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y11a, y11b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y12a, y12b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y13a, y13b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (var end = taps + count; taps < end; taps++)
        {
            var x = image + *taps;
            var wa = Vector512.LoadAligned(weight);
            var wb = Vector512.LoadAligned(weight + 16);
            var x0 = Vector512.Create(x[0]);
            y0a = Vector512.FusedMultiplyAdd(x0, wa, y0a);
            y0b = Vector512.FusedMultiplyAdd(x0, wb, y0b);
            var x1 = Vector512.Create(x[1]);
            y1a = Vector512.FusedMultiplyAdd(x1, wa, y1a);
            y1b = Vector512.FusedMultiplyAdd(x1, wb, y1b);
            var x2 = Vector512.Create(x[2]);
            y2a = Vector512.FusedMultiplyAdd(x2, wa, y2a);
            y2b = Vector512.FusedMultiplyAdd(x2, wb, y2b);
            var x3 = Vector512.Create(x[3]);
            y3a = Vector512.FusedMultiplyAdd(x3, wa, y3a);
            y3b = Vector512.FusedMultiplyAdd(x3, wb, y3b);
            var x4 = Vector512.Create(x[4]);
            y4a = Vector512.FusedMultiplyAdd(x4, wa, y4a);
            y4b = Vector512.FusedMultiplyAdd(x4, wb, y4b);
            var x5 = Vector512.Create(x[5]);
            y5a = Vector512.FusedMultiplyAdd(x5, wa, y5a);
            y5b = Vector512.FusedMultiplyAdd(x5, wb, y5b);
            var x6 = Vector512.Create(x[6]);
            y6a = Vector512.FusedMultiplyAdd(x6, wa, y6a);
            y6b = Vector512.FusedMultiplyAdd(x6, wb, y6b);
            var x7 = Vector512.Create(x[7]);
            y7a = Vector512.FusedMultiplyAdd(x7, wa, y7a);
            y7b = Vector512.FusedMultiplyAdd(x7, wb, y7b);
            var x8 = Vector512.Create(x[8]);
            y8a = Vector512.FusedMultiplyAdd(x8, wa, y8a);
            y8b = Vector512.FusedMultiplyAdd(x8, wb, y8b);
            var x9 = Vector512.Create(x[9]);
            y9a = Vector512.FusedMultiplyAdd(x9, wa, y9a);
            y9b = Vector512.FusedMultiplyAdd(x9, wb, y9b);
            var x10 = Vector512.Create(x[10]);
            y10a = Vector512.FusedMultiplyAdd(x10, wa, y10a);
            y10b = Vector512.FusedMultiplyAdd(x10, wb, y10b);
            var x11 = Vector512.Create(x[11]);
            y11a = Vector512.FusedMultiplyAdd(x11, wa, y11a);
            y11b = Vector512.FusedMultiplyAdd(x11, wb, y11b);
            var x12 = Vector512.Create(x[12]);
            y12a = Vector512.FusedMultiplyAdd(x12, wa, y12a);
            y12b = Vector512.FusedMultiplyAdd(x12, wb, y12b);
            var x13 = Vector512.Create(x[13]);
            y13a = Vector512.FusedMultiplyAdd(x13, wa, y13a);
            y13b = Vector512.FusedMultiplyAdd(x13, wb, y13b);
            weight += 32;
        }
        y0a.StoreAligned(y);
        y0b.StoreAligned(y + 16);
        y1a.StoreAligned(y + 32);
        y1b.StoreAligned(y + 48);
        y2a.StoreAligned(y + 64);
        y2b.StoreAligned(y + 80);
        y3a.StoreAligned(y + 96);
        y3b.StoreAligned(y + 112);
        y4a.StoreAligned(y + 128);
        y4b.StoreAligned(y + 144);
        y5a.StoreAligned(y + 160);
        y5b.StoreAligned(y + 176);
        y6a.StoreAligned(y + 192);
        y6b.StoreAligned(y + 208);
        y7a.StoreAligned(y + 224);
        y7b.StoreAligned(y + 240);
        y8a.StoreAligned(y + 256);
        y8b.StoreAligned(y + 272);
        y9a.StoreAligned(y + 288);
        y9b.StoreAligned(y + 304);
        y10a.StoreAligned(y + 320);
        y10b.StoreAligned(y + 336);
        y11a.StoreAligned(y + 352);
        y11b.StoreAligned(y + 368);
        y12a.StoreAligned(y + 384);
        y12b.StoreAligned(y + 400);
        y13a.StoreAligned(y + 416);
        y13b.StoreAligned(y + 432);
    }
}
