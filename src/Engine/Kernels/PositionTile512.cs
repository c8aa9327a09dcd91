using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>Two rows of 14 positions by 16 maps in 28 of AVX-512's 32 registers; one more holds the weights of a tap.</summary>
internal readonly unsafe struct PositionTile512 : IPositionTile
{
    public static int Maps => 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int* taps, int count, float* image, nint below, float* weight, float* y)
    {
        var (u0, v0) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (u1, v1) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (u2, v2) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (u3, v3) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (u4, v4) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (u5, v5) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (u6, v6) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (u7, v7) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (u8, v8) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (u9, v9) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (u10, v10) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (u11, v11) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (u12, v12) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (u13, v13) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (var end = taps + count; taps < end; taps++)
        {
            var upper = image + *taps;
            var lower = upper + below;
            var w = Vector512.LoadAligned(weight);
            u0 = Vector512.FusedMultiplyAdd(Vector512.Create(upper[0]), w, u0);
            v0 = Vector512.FusedMultiplyAdd(Vector512.Create(lower[0]), w, v0);
            u1 = Vector512.FusedMultiplyAdd(Vector512.Create(upper[1]), w, u1);
            v1 = Vector512.FusedMultiplyAdd(Vector512.Create(lower[1]), w, v1);
            u2 = Vector512.FusedMultiplyAdd(Vector512.Create(upper[2]), w, u2);
            v2 = Vector512.FusedMultiplyAdd(Vector512.Create(lower[2]), w, v2);
            u3 = Vector512.FusedMultiplyAdd(Vector512.Create(upper[3]), w, u3);
            v3 = Vector512.FusedMultiplyAdd(Vector512.Create(lower[3]), w, v3);
            u4 = Vector512.FusedMultiplyAdd(Vector512.Create(upper[4]), w, u4);
            v4 = Vector512.FusedMultiplyAdd(Vector512.Create(lower[4]), w, v4);
            u5 = Vector512.FusedMultiplyAdd(Vector512.Create(upper[5]), w, u5);
            v5 = Vector512.FusedMultiplyAdd(Vector512.Create(lower[5]), w, v5);
            u6 = Vector512.FusedMultiplyAdd(Vector512.Create(upper[6]), w, u6);
            v6 = Vector512.FusedMultiplyAdd(Vector512.Create(lower[6]), w, v6);
            u7 = Vector512.FusedMultiplyAdd(Vector512.Create(upper[7]), w, u7);
            v7 = Vector512.FusedMultiplyAdd(Vector512.Create(lower[7]), w, v7);
            u8 = Vector512.FusedMultiplyAdd(Vector512.Create(upper[8]), w, u8);
            v8 = Vector512.FusedMultiplyAdd(Vector512.Create(lower[8]), w, v8);
            u9 = Vector512.FusedMultiplyAdd(Vector512.Create(upper[9]), w, u9);
            v9 = Vector512.FusedMultiplyAdd(Vector512.Create(lower[9]), w, v9);
            u10 = Vector512.FusedMultiplyAdd(Vector512.Create(upper[10]), w, u10);
            v10 = Vector512.FusedMultiplyAdd(Vector512.Create(lower[10]), w, v10);
            u11 = Vector512.FusedMultiplyAdd(Vector512.Create(upper[11]), w, u11);
            v11 = Vector512.FusedMultiplyAdd(Vector512.Create(lower[11]), w, v11);
            u12 = Vector512.FusedMultiplyAdd(Vector512.Create(upper[12]), w, u12);
            v12 = Vector512.FusedMultiplyAdd(Vector512.Create(lower[12]), w, v12);
            u13 = Vector512.FusedMultiplyAdd(Vector512.Create(upper[13]), w, u13);
            v13 = Vector512.FusedMultiplyAdd(Vector512.Create(lower[13]), w, v13);
            weight += 16;
        }
        u0.StoreAligned(y);
        v0.StoreAligned(y + 224);
        u1.StoreAligned(y + 16);
        v1.StoreAligned(y + 240);
        u2.StoreAligned(y + 32);
        v2.StoreAligned(y + 256);
        u3.StoreAligned(y + 48);
        v3.StoreAligned(y + 272);
        u4.StoreAligned(y + 64);
        v4.StoreAligned(y + 288);
        u5.StoreAligned(y + 80);
        v5.StoreAligned(y + 304);
        u6.StoreAligned(y + 96);
        v6.StoreAligned(y + 320);
        u7.StoreAligned(y + 112);
        v7.StoreAligned(y + 336);
        u8.StoreAligned(y + 128);
        v8.StoreAligned(y + 352);
        u9.StoreAligned(y + 144);
        v9.StoreAligned(y + 368);
        u10.StoreAligned(y + 160);
        v10.StoreAligned(y + 384);
        u11.StoreAligned(y + 176);
        v11.StoreAligned(y + 400);
        u12.StoreAligned(y + 192);
        v12.StoreAligned(y + 416);
        u13.StoreAligned(y + 208);
        v13.StoreAligned(y + 432);
    }
}
