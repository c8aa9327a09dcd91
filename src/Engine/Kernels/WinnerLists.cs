using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Distributed.Engine.Kernels;

/// <summary>The outputs of a map to which a gradient flows through ReLU and pooling by 2, in row-major order of the outputs.</summary>
/// <remarks>Of the four outputs of a pooling window one won, and where it is not above 0 none gets a gradient: so a list has a quarter of the
/// map's outputs or fewer.</remarks>
internal static unsafe class WinnerLists
{
    /// <summary>Elements past the end of a list that may be written.</summary>
    public const int Slack = 16;

    /// <summary>By bits of an 8-bit mask: the lanes whose bit is set, in order.</summary>
    private static readonly int[] s_orders = Orders();

    /// <param name="winners">[rows, columns]: which of its window won, 0 and 1 above 2 and 3; negative for none.</param>
    /// <param name="g">[rows, columns], of the pooled map.</param>
    /// <param name="pitch">Elements from an output to the one below it.</param>
    /// <param name="step">Elements from an output to its right neighbour.</param>
    /// <param name="at">Where each output lies.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <returns>How many there are.</returns>
    public static int Fill(int* winners, float* g, int rows, int columns, int pitch, int step, int* at, float* gradient)
    {
        var windows = rows * columns;
        if (Avx512F.IsSupported && columns <= 8 && windows >= 8) return Narrow(winners, g, rows, columns, pitch, step, at, gradient);
        if (Avx512F.IsSupported && windows >= 16) return Wide(winners, g, rows, columns, pitch, step, at, gradient);
        if (Avx2.IsSupported && windows >= 8) return Eights(winners, g, rows, columns, pitch, step, at, gradient);
        var count = 0;
        for (var row = 0; row < 2 * rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var window = (row / 2 * columns) + column;
                var right = winners[window] - (row % 2 * 2);
                if ((uint)right > 1) continue;
                at[count] = (row * pitch) + (((2 * column) + right) * step);
                gradient[count++] = g[window];
            }
        }
        return count;
    }

    /// <summary>The gradients of all outputs, +0 among them: +0 + g, as pooling's backward gives them.</summary>
    /// <param name="width">Outputs of a row, at least twice the columns.</param>
    /// <param name="outputs">[outputs of the map], written.</param>
    public static void Spread(int* winners, float* g, int rows, int columns, int width, Span<float> outputs)
    {
        outputs.Clear();
        for (var window = 0; window < rows * columns; window++)
        {
            if (winners[window] < 0) continue;
            var (row, column) = Math.DivRem(window, columns);
            outputs[(((2 * row) + (winners[window] >> 1)) * width) + (2 * column) + (winners[window] & 1)] = 0f + g[window];
        }
    }

    // Below, windows are read so many at once. Where a map ends sooner, the vector reaches back: its first lanes are before the windows
    // wanted, and have negative numbers.

    /// <summary>Up to 8 windows a row: their upper outputs in the lower half of a vector, their lower outputs in the upper half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Narrow(int* winners, float* g, int rows, int columns, int pitch, int step, int* at, float* gradient)
    {
        var count = 0;
        var lanes = Vector512.Create(Vector256<int>.Indices, Vector256<int>.Indices);
        var first = Vector512.Create(Vector256<int>.Zero, Vector256.Create(2));
        var places = (lanes * (2 * step)) + Vector512.Create(Vector256<int>.Zero, Vector256.Create(pitch));
        for (var row = 0; row < rows; row++)
        {
            var window = row * columns;
            var start = Math.Min(window, (rows * columns) - 8);
            var codes = Vector256.Load(winners + start);
            var numbers = Vector256.Load(g + start);
            count += Compress(Vector512.Create(codes, codes) - first, lanes - Vector512.Create(window - start), columns,
                places + Vector512.Create((2 * row * pitch) - ((window - start) * 2 * step)), Vector512.Create(numbers, numbers), step,
                at + count, gradient + count);
        }
        return count;
    }

    /// <summary>16 windows of a row of outputs at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Wide(int* winners, float* g, int rows, int columns, int pitch, int step, int* at, float* gradient)
    {
        var (count, last) = (0, (rows * columns) - 16);
        var places = Vector512<int>.Indices * (2 * step);
        for (var row = 0; row < rows; row++)
        {
            var origin = 2 * row * pitch;
            for (var lower = 0; lower < 2; lower++, origin += pitch)
            {
                for (var column = 0; column < columns; column += 16)
                {
                    var window = (row * columns) + column;
                    var back = Math.Max(window - last, 0);
                    count += Compress(Vector512.Load(winners + window - back) - Vector512.Create(2 * lower),
                        Vector512<int>.Indices - Vector512.Create(back), columns - column,
                        places + Vector512.Create(origin + ((column - back) * 2 * step)), Vector512.Load(g + window - back), step,
                        at + count, gradient + count);
                }
            }
        }
        return count;
    }

    /// <summary>Stores those of lanes 0 to <paramref name="valid"/> − 1 whose window was won by its left output or its right one.</summary>
    /// <param name="right">0 where the left one won, 1 where the right one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Compress(Vector512<int> right, Vector512<int> lanes, int valid, Vector512<int> places, Vector512<float> g, int step,
        int* at, float* gradient)
    {
        var wins = Vector512.LessThan(right.AsUInt32(), Vector512.Create(2u))
            & Vector512.LessThan(lanes.AsUInt32(), Vector512.Create((uint)valid));
        Avx512F.Compress(Vector512<int>.Zero, wins.AsInt32(), places + (-right & Vector512.Create(step))).Store(at);
        Avx512F.Compress(Vector512<float>.Zero, wins.AsSingle(), g).Store(gradient);
        return BitOperations.PopCount(wins.ExtractMostSignificantBits());
    }

    /// <summary>8 windows of a row of outputs at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Eights(int* winners, float* g, int rows, int columns, int pitch, int step, int* at, float* gradient)
    {
        var count = 0;
        var places = Vector256<int>.Indices * (2 * step);
        fixed (int* orders = s_orders)
        {
            for (var row = 0; row < 2 * rows; row++)
            {
                for (var column = 0; column < columns; column += 8)
                {
                    var window = (row / 2 * columns) + column;
                    var start = Math.Min(window, (rows * columns) - 8);
                    var lanes = Vector256<int>.Indices - Vector256.Create(window - start);
                    var right = Vector256.Load(winners + start) - Vector256.Create(row % 2 * 2);
                    var wins = Vector256.LessThan(right.AsUInt32(), Vector256.Create(2u))
                        & Vector256.LessThan(lanes.AsUInt32(), Vector256.Create((uint)(columns - column)));
                    var mask = wins.ExtractMostSignificantBits();
                    var order = Vector256.Load(orders + (mask * 8));
                    var origin = Vector256.Create((row * pitch) + ((column - window + start) * 2 * step));
                    Avx2.PermuteVar8x32(places + origin + (-right & Vector256.Create(step)), order).Store(at + count);
                    Avx2.PermuteVar8x32(Vector256.Load(g + start), order).Store(gradient + count);
                    count += BitOperations.PopCount(mask);
                }
            }
        }
        return count;
    }

    private static int[] Orders()
    {
        var orders = new int[256 * 8];
        for (var mask = 0; mask < 256; mask++)
        {
            var next = mask * 8;
            for (var lane = 0; lane < 8; lane++)
                if ((mask >> lane & 1) != 0) orders[next++] = lane;
        }
        return orders;
    }
}
