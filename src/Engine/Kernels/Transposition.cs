using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Distributed.Engine.Kernels;

/// <summary>Copies a block of a matrix with rows and columns exchanged, eight by eight or four by four.</summary>
/// <remarks>The last block of a row or column reaches back over elements that are there already.</remarks>
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
        if (Avx.IsSupported && rows >= 8 && columns >= 8)
        {
            for (var row = 0; row < rows; row += 8)
            {
                var first = Math.Min(row, rows - 8);
                var from = source + (first * sourceStride);
                for (var column = 0; column < columns; column += 8)
                {
                    var place = Math.Min(column, columns - 8);
                    Half(from + place, sourceStride, target + first + (place * targetStride), targetStride);
                    Half(from + place + 4, sourceStride, target + first + ((place + 4) * targetStride), targetStride);
                }
            }
        }
        else if ((Sse.IsSupported || AdvSimd.Arm64.IsSupported) && rows >= 4 && columns >= 4)
        {
            for (var row = 0; row < rows; row += 4)
            {
                var first = Math.Min(row, rows - 4);
                var from = source + (first * sourceStride);
                for (var column = 0; column < columns; column += 4)
                {
                    var place = Math.Min(column, columns - 4);
                    Four(from + place, sourceStride, target + first + (place * targetStride), targetStride);
                }
            }
        }
        else
        {
            for (var row = 0; row < rows; row++)
                for (var column = 0; column < columns; column++)
                    target[(column * targetStride) + row] = source[(row * sourceStride) + column];
        }
    }

    /// <summary>8 rows of 4 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Half(float* source, nint sourceStride, float* target, nint targetStride)
    {
        var below = source + (4 * sourceStride);
        var r04 = Vector256.Create(Vector128.Load(source), Vector128.Load(below));
        var r15 = Vector256.Create(Vector128.Load(source + sourceStride), Vector128.Load(below + sourceStride));
        var r26 = Vector256.Create(Vector128.Load(source + (2 * sourceStride)), Vector128.Load(below + (2 * sourceStride)));
        var r37 = Vector256.Create(Vector128.Load(source + (3 * sourceStride)), Vector128.Load(below + (3 * sourceStride)));
        var (low01, high01) = (Avx.UnpackLow(r04, r15), Avx.UnpackHigh(r04, r15)); // (0 1 0 1, 4 5 4 5) of columns 0 and 1, 2 and 3
        var (low23, high23) = (Avx.UnpackLow(r26, r37), Avx.UnpackHigh(r26, r37));
        Avx.Shuffle(low01, low23, 0b01_00_01_00).Store(target);
        Avx.Shuffle(low01, low23, 0b11_10_11_10).Store(target + targetStride);
        Avx.Shuffle(high01, high23, 0b01_00_01_00).Store(target + (2 * targetStride));
        Avx.Shuffle(high01, high23, 0b11_10_11_10).Store(target + (3 * targetStride));
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
