using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>A row of 14 positions by 8 maps in 14 of AVX2's 16 registers; one more holds the weights of a tap, one a pixel.</summary>
internal readonly unsafe struct PositionTile256 : IPositionTile
{
    public static int Maps => 8;

    public static void Run(int* taps, int count, float* image, nint below, float* weight, float* y)
    {
        Row(taps, count, image, weight, y);
        Row(taps, count, image + below, weight, y + (IPositionTile.Positions * Maps));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row(int* taps, int count, float* image, float* weight, float* y)
    {
        var y0 = Vector256<float>.Zero;
        var y1 = Vector256<float>.Zero;
        var y2 = Vector256<float>.Zero;
        var y3 = Vector256<float>.Zero;
        var y4 = Vector256<float>.Zero;
        var y5 = Vector256<float>.Zero;
        var y6 = Vector256<float>.Zero;
        var y7 = Vector256<float>.Zero;
        var y8 = Vector256<float>.Zero;
        var y9 = Vector256<float>.Zero;
        var y10 = Vector256<float>.Zero;
        var y11 = Vector256<float>.Zero;
        var y12 = Vector256<float>.Zero;
        var y13 = Vector256<float>.Zero;
        for (var end = taps + count; taps < end; taps++)
        {
            var x = image + *taps;
            var w = Vector256.LoadAligned(weight);
            y0 = Vector256.FusedMultiplyAdd(Vector256.Create(x[0]), w, y0);
            y1 = Vector256.FusedMultiplyAdd(Vector256.Create(x[1]), w, y1);
            y2 = Vector256.FusedMultiplyAdd(Vector256.Create(x[2]), w, y2);
            y3 = Vector256.FusedMultiplyAdd(Vector256.Create(x[3]), w, y3);
            y4 = Vector256.FusedMultiplyAdd(Vector256.Create(x[4]), w, y4);
            y5 = Vector256.FusedMultiplyAdd(Vector256.Create(x[5]), w, y5);
            y6 = Vector256.FusedMultiplyAdd(Vector256.Create(x[6]), w, y6);
            y7 = Vector256.FusedMultiplyAdd(Vector256.Create(x[7]), w, y7);
            y8 = Vector256.FusedMultiplyAdd(Vector256.Create(x[8]), w, y8);
            y9 = Vector256.FusedMultiplyAdd(Vector256.Create(x[9]), w, y9);
            y10 = Vector256.FusedMultiplyAdd(Vector256.Create(x[10]), w, y10);
            y11 = Vector256.FusedMultiplyAdd(Vector256.Create(x[11]), w, y11);
            y12 = Vector256.FusedMultiplyAdd(Vector256.Create(x[12]), w, y12);
            y13 = Vector256.FusedMultiplyAdd(Vector256.Create(x[13]), w, y13);
            weight += 8;
        }
        y0.StoreAligned(y);
        y1.StoreAligned(y + 8);
        y2.StoreAligned(y + 16);
        y3.StoreAligned(y + 24);
        y4.StoreAligned(y + 32);
        y5.StoreAligned(y + 40);
        y6.StoreAligned(y + 48);
        y7.StoreAligned(y + 56);
        y8.StoreAligned(y + 64);
        y9.StoreAligned(y + 72);
        y10.StoreAligned(y + 80);
        y11.StoreAligned(y + 88);
        y12.StoreAligned(y + 96);
        y13.StoreAligned(y + 104);
    }
}
