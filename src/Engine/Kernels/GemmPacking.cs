using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Distributed.Engine.Kernels;

/// <summary>Copies operands into panels, in the order in which a tile reads them.</summary>
/// <remarks>A panel holds <c>width</c> rows of op(A), or columns of op(B) (its lanes), element after element of k: [k, width]. Lanes
/// beyond the matrix are +0; what a tile makes of them is never stored in C.</remarks>
internal static unsafe class GemmPacking
{
    /// <summary>Packs lanes into panels of <paramref name="width"/>, one panel after another.</summary>
    /// <param name="source">Element (lane 0, p 0).</param>
    /// <param name="laneStride">Elements from a lane to the next; 1, or else <paramref name="kStride"/> is 1.</param>
    public static void Pack(float* source, nint laneStride, nint kStride, int lanes, int k, int width, float* panels)
    {
        for (var lane = 0; lane < lanes; lane += width)
        {
            var valid = Math.Min(width, lanes - lane);
            if (laneStride == 1) PackRows(source + lane, kStride, valid, k, width, panels);
            else PackTransposed(source + (lane * laneStride), laneStride, valid, k, width, panels);
            panels += (nint)k * width;
        }
    }

    /// <summary>Copies a block of a matrix to a matrix of another row length.</summary>
    public static void Copy(float* source, int sourceStride, float* target, int targetStride, int rows, int columns)
    {
        for (var row = 0; row < rows; row++)
        {
            new ReadOnlySpan<float>(source + ((nint)row * sourceStride), columns)
                .CopyTo(new Span<float>(target + ((nint)row * targetStride), columns));
        }
    }

    /// <summary>Lanes lie side by side: row by row.</summary>
    private static void PackRows(float* source, nint kStride, int valid, int k, int width, float* panel)
    {
        if (valid < width)
        {
            for (var p = 0; p < k; p++, source += kStride, panel += width)
            {
                for (var lane = 0; lane < width; lane++) panel[lane] = lane < valid ? source[lane] : 0f;
            }
            return;
        }
        for (var p = 0; p < k; p++, source += kStride, panel += width)
        {
            var lane = 0;
            for (; lane <= width - 16; lane += 16) Vector512.Store(Vector512.Load(source + lane), panel + lane);
            for (; lane <= width - 4; lane += 4) Vector128.Store(Vector128.Load(source + lane), panel + lane);
            for (; lane < width; lane++) panel[lane] = source[lane];
        }
    }

    /// <summary>Each lane lies along k: four lanes at a time, in blocks of 4 by 4.</summary>
    private static void PackTransposed(float* source, nint laneStride, int valid, int k, int width, float* panel)
    {
        var lane = 0;
        for (; lane <= valid - 4; lane += 4, source += 4 * laneStride)
        {
            var p = 0;
            var target = panel + lane;
            if (Sse.IsSupported || AdvSimd.Arm64.IsSupported)
            {
                for (; p <= k - 4; p += 4, target += 4 * width) Transpose(source + p, laneStride, target, width);
            }
            for (; p < k; p++, target += width)
            {
                for (var i = 0; i < 4; i++) target[i] = source[(i * laneStride) + p];
            }
        }
        for (; lane < valid; lane++, source += laneStride)
        {
            var target = panel + lane;
            for (var p = 0; p < k; p++, target += width) *target = source[p];
        }
        for (; lane < width; lane++)
        {
            var target = panel + lane;
            for (var p = 0; p < k; p++, target += width) *target = 0f;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(float* source, nint stride, float* target, nint width)
    {
        var r0 = Vector128.Load(source);
        var r1 = Vector128.Load(source + stride);
        var r2 = Vector128.Load(source + (2 * stride));
        var r3 = Vector128.Load(source + (3 * stride));
        var (low02, high02) = Interleave(r0, r2);
        var (low13, high13) = Interleave(r1, r3);
        var (t0, t1) = Interleave(low02, low13);
        var (t2, t3) = Interleave(high02, high13);
        t0.Store(target);
        t1.Store(target + width);
        t2.Store(target + (2 * width));
        t3.Store(target + (3 * width));
    }

    /// <summary>(x0 y0 x1 y1, x2 y2 x3 y3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Low, Vector128<float> High) Interleave(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported
            ? (Sse.UnpackLow(x, y), Sse.UnpackHigh(x, y))
            : (AdvSimd.Arm64.ZipLow(x, y), AdvSimd.Arm64.ZipHigh(x, y));
}
