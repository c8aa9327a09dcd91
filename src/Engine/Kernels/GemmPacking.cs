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
    /// <summary>Rows of k that are packed side by side where lanes are: that many streams are read at once, each along its lanes.</summary>
    private const int Streams = 16;

    /// <summary>Packs lanes into panels of <paramref name="width"/>, one panel after another.</summary>
    /// <param name="source">Element (lane 0, p 0).</param>
    /// <param name="laneStride">Elements from a lane to the next; 1, or else <paramref name="kStride"/> is 1.</param>
    public static void Pack(float* source, nint laneStride, nint kStride, int lanes, int k, int width, float* panels)
    {
        if (laneStride == 1)
        {
            for (var p = 0; p < k; p += Streams, source += Streams * kStride)
                PackRows(source, kStride, lanes, Math.Min(Streams, k - p), k - p, width, panels + ((nint)p * width), k);
            return;
        }
        for (var lane = 0; lane < lanes; lane += width, panels += (nint)k * width)
            PackTransposed(source + (lane * laneStride), laneStride, Math.Min(width, lanes - lane), k, width, panels);
    }

    /// <summary>Copies a block of a matrix to a matrix of another row length.</summary>
    public static void Copy(float* source, int sourceStride, float* target, int targetStride, int rows, int columns)
    {
        for (var row = 0; row < rows; row++, source += sourceStride, target += targetStride)
        {
            var column = 0;
            for (; column <= columns - 8; column += 8) Vector256.Store(Vector256.Load(source + column), target + column);
            for (; column < columns; column++) target[column] = source[column];
        }
    }

    /// <summary>Lanes lie side by side: some rows of k, in all panels.</summary>
    /// <param name="left">Rows from the first one on to the end of k; those after these are asked for.</param>
    /// <param name="panels">Where the first of these rows goes in the first panel.</param>
    /// <param name="k">Rows of a panel.</param>
    private static void PackRows(float* source, nint kStride, int lanes, int rows, int left, int width, float* panels, int k)
    {
        var ahead = Math.Min(left - rows, rows);
        for (var lane = 0; lane < lanes; lane += width, source += width, panels += (nint)k * width)
        {
            if (lanes - lane < width)
            {
                PackRows(source, kStride, lanes - lane, rows, width, panels);
                return;
            }
            Prefetch.Rows(source + (rows * kStride), kStride, ahead, width);
            var from = source;
            var to = panels;
            var p = 0;
            if (width < Vector512<float>.Count && lanes - lane >= Vector512<float>.Count)
            {
                // A whole vector reaches into the panel's next rows, which come later; the last ones of all have none.
                var overlapping = Math.Min(rows, left - ((Vector512<float>.Count - 1) / width));
                for (; p < overlapping; p++, from += kStride, to += width) Vector512.Store(Vector512.Load(from), to);
            }
            for (; p < rows; p++, from += kStride, to += width)
            {
                var i = 0;
                for (; i <= width - 16; i += 16) Vector512.Store(Vector512.Load(from + i), to + i);
                for (; i <= width - 4; i += 4) Vector128.Store(Vector128.Load(from + i), to + i);
                for (; i < width; i++) to[i] = from[i];
            }
        }
    }

    /// <summary>A panel that is not full.</summary>
    private static void PackRows(float* source, nint kStride, int valid, int rows, int width, float* panel)
    {
        for (var p = 0; p < rows; p++, source += kStride, panel += width)
        {
            var lane = 0;
            for (; lane <= valid - 4; lane += 4) Vector128.Store(Vector128.Load(source + lane), panel + lane);
            for (; lane < valid; lane++) panel[lane] = source[lane];
            for (; lane < width; lane++) panel[lane] = 0f;
        }
    }

    /// <summary>Each lane lies along k: sixteen lanes at a time in blocks of 16 by 16 where vectors are that long, then four in blocks
    /// of 4 by 4.</summary>
    private static void PackTransposed(float* source, nint laneStride, int valid, int k, int width, float* panel)
    {
        var lane = 0;
        if (Avx512F.IsSupported)
        {
            for (; lane <= valid - 16; lane += 16, source += 16 * laneStride)
            {
                var p = 0;
                var target = panel + lane;
                for (; p <= k - 16; p += 16, target += 16 * width) Transpose16(source + p, laneStride, target, width);
                for (; p < k; p++, target += width)
                {
                    for (var i = 0; i < 16; i++) target[i] = source[(i * laneStride) + p];
                }
            }
        }
        for (; lane <= valid - 4; lane += 4, source += 4 * laneStride)
        {
            var p = 0;
            var target = panel + lane;
            if (Sse.IsSupported || AdvSimd.Arm64.IsSupported)
            {
                for (; p <= k - 4; p += 4, target += 4 * width) Transpose4(source + p, laneStride, target, width);
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

    /// <summary>16 by 16: pairs of rows are interleaved element by element, then two by two, then in fours and eights.</summary>
    private static void Transpose16(float* source, nint stride, float* target, nint width)
    {
        var r0 = Vector512.Load(source);
        var r1 = Vector512.Load(source + stride);
        var r2 = Vector512.Load(source + (2 * stride));
        var r3 = Vector512.Load(source + (3 * stride));
        var r4 = Vector512.Load(source + (4 * stride));
        var r5 = Vector512.Load(source + (5 * stride));
        var r6 = Vector512.Load(source + (6 * stride));
        var r7 = Vector512.Load(source + (7 * stride));
        var r8 = Vector512.Load(source + (8 * stride));
        var r9 = Vector512.Load(source + (9 * stride));
        var r10 = Vector512.Load(source + (10 * stride));
        var r11 = Vector512.Load(source + (11 * stride));
        var r12 = Vector512.Load(source + (12 * stride));
        var r13 = Vector512.Load(source + (13 * stride));
        var r14 = Vector512.Load(source + (14 * stride));
        var r15 = Vector512.Load(source + (15 * stride));
        (r0, r1) = (Avx512F.UnpackLow(r0, r1), Avx512F.UnpackHigh(r0, r1));
        (r2, r3) = (Avx512F.UnpackLow(r2, r3), Avx512F.UnpackHigh(r2, r3));
        (r4, r5) = (Avx512F.UnpackLow(r4, r5), Avx512F.UnpackHigh(r4, r5));
        (r6, r7) = (Avx512F.UnpackLow(r6, r7), Avx512F.UnpackHigh(r6, r7));
        (r8, r9) = (Avx512F.UnpackLow(r8, r9), Avx512F.UnpackHigh(r8, r9));
        (r10, r11) = (Avx512F.UnpackLow(r10, r11), Avx512F.UnpackHigh(r10, r11));
        (r12, r13) = (Avx512F.UnpackLow(r12, r13), Avx512F.UnpackHigh(r12, r13));
        (r14, r15) = (Avx512F.UnpackLow(r14, r15), Avx512F.UnpackHigh(r14, r15));
        (r0, r1, r2, r3) = (Low(r0, r2), High(r0, r2), Low(r1, r3), High(r1, r3));
        (r4, r5, r6, r7) = (Low(r4, r6), High(r4, r6), Low(r5, r7), High(r5, r7));
        (r8, r9, r10, r11) = (Low(r8, r10), High(r8, r10), Low(r9, r11), High(r9, r11));
        (r12, r13, r14, r15) = (Low(r12, r14), High(r12, r14), Low(r13, r15), High(r13, r15));
        (r0, r4) = (Avx512F.Shuffle4x128(r0, r4, 0x88), Avx512F.Shuffle4x128(r0, r4, 0xDD));
        (r8, r12) = (Avx512F.Shuffle4x128(r8, r12, 0x88), Avx512F.Shuffle4x128(r8, r12, 0xDD));
        (r1, r5) = (Avx512F.Shuffle4x128(r1, r5, 0x88), Avx512F.Shuffle4x128(r1, r5, 0xDD));
        (r9, r13) = (Avx512F.Shuffle4x128(r9, r13, 0x88), Avx512F.Shuffle4x128(r9, r13, 0xDD));
        (r2, r6) = (Avx512F.Shuffle4x128(r2, r6, 0x88), Avx512F.Shuffle4x128(r2, r6, 0xDD));
        (r10, r14) = (Avx512F.Shuffle4x128(r10, r14, 0x88), Avx512F.Shuffle4x128(r10, r14, 0xDD));
        (r3, r7) = (Avx512F.Shuffle4x128(r3, r7, 0x88), Avx512F.Shuffle4x128(r3, r7, 0xDD));
        (r11, r15) = (Avx512F.Shuffle4x128(r11, r15, 0x88), Avx512F.Shuffle4x128(r11, r15, 0xDD));
        Avx512F.Shuffle4x128(r0, r8, 0x88).Store(target + (0 * width));
        Avx512F.Shuffle4x128(r4, r12, 0x88).Store(target + (4 * width));
        Avx512F.Shuffle4x128(r0, r8, 0xDD).Store(target + (8 * width));
        Avx512F.Shuffle4x128(r4, r12, 0xDD).Store(target + (12 * width));
        Avx512F.Shuffle4x128(r1, r9, 0x88).Store(target + (1 * width));
        Avx512F.Shuffle4x128(r5, r13, 0x88).Store(target + (5 * width));
        Avx512F.Shuffle4x128(r1, r9, 0xDD).Store(target + (9 * width));
        Avx512F.Shuffle4x128(r5, r13, 0xDD).Store(target + (13 * width));
        Avx512F.Shuffle4x128(r2, r10, 0x88).Store(target + (2 * width));
        Avx512F.Shuffle4x128(r6, r14, 0x88).Store(target + (6 * width));
        Avx512F.Shuffle4x128(r2, r10, 0xDD).Store(target + (10 * width));
        Avx512F.Shuffle4x128(r6, r14, 0xDD).Store(target + (14 * width));
        Avx512F.Shuffle4x128(r3, r11, 0x88).Store(target + (3 * width));
        Avx512F.Shuffle4x128(r7, r15, 0x88).Store(target + (7 * width));
        Avx512F.Shuffle4x128(r3, r11, 0xDD).Store(target + (11 * width));
        Avx512F.Shuffle4x128(r7, r15, 0xDD).Store(target + (15 * width));

        static Vector512<float> Low(Vector512<float> x, Vector512<float> y) => Avx512F.UnpackLow(x.AsDouble(), y.AsDouble()).AsSingle();
        static Vector512<float> High(Vector512<float> x, Vector512<float> y) => Avx512F.UnpackHigh(x.AsDouble(), y.AsDouble()).AsSingle();
    }

    /// <summary>4 by 4, on processors with vectors of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose4(float* source, nint stride, float* target, nint width)
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
