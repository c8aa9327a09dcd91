using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Distributed.Engine.Kernels;

/// <summary>Copies a block of a matrix with rows and columns exchanged, four by four.</summary>
internal static unsafe class Transposition
{
    /// <summary>target[c, r] = source[r, c].</summary>
    /// <param name="sourceStride">Elements from a row of the source to the next.</param>
    /// <param name="targetStride">Elements from a row of the target to the next.</param>
    /// <param name="rows">Of the source.</param>
    /// <param name="columns">Of the source.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(float* source, nint sourceStride, float* target, nint targetStride, int rows, int columns)
    {
        var row = 0;
        if (Sse.IsSupported || AdvSimd.Arm64.IsSupported)
        {
            for (; row <= rows - 4; row += 4, source += 4 * sourceStride)
            {
                var column = 0;
                var to = target + row;
                for (; column <= columns - 4; column += 4, to += 4 * targetStride) Four(source + column, sourceStride, to, targetStride);
                for (; column < columns; column++, to += targetStride)
                    for (var i = 0; i < 4; i++) to[i] = source[(i * sourceStride) + column];
            }
        }
        for (; row < rows; row++, source += sourceStride)
        {
            var to = target + row;
            for (var column = 0; column < columns; column++, to += targetStride) *to = source[column];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(float* source, nint sourceStride, float* target, nint targetStride)
    {
        var r0 = Vector128.Load(source);
        var r1 = Vector128.Load(source + sourceStride);
        var r2 = Vector128.Load(source + (2 * sourceStride));
        var r3 = Vector128.Load(source + (3 * sourceStride));
        var (low02, high02) = Interleave(r0, r2);
        var (low13, high13) = Interleave(r1, r3);
        var (t0, t1) = Interleave(low02, low13);
        var (t2, t3) = Interleave(high02, high13);
        t0.Store(target);
        t1.Store(target + targetStride);
        t2.Store(target + (2 * targetStride));
        t3.Store(target + (3 * targetStride));
    }

    /// <summary>(x0 y0 x1 y1, x2 y2 x3 y3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Low, Vector128<float> High) Interleave(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported
            ? (Sse.UnpackLow(x, y), Sse.UnpackHigh(x, y))
            : (AdvSimd.Arm64.ZipLow(x, y), AdvSimd.Arm64.ZipHigh(x, y));
}
