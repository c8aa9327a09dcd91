using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Distributed.Engine.Kernels;

/// <summary>The outputs of a map to which a gradient flows through ReLU and pooling by 2, in row-major order of the outputs.</summary>
/// <remarks>Of the four outputs of a pooling window one won, and where it is not above 0 none gets a gradient: so a list has a quarter of the
/// map's outputs or fewer.</remarks>
internal static unsafe class WinnerLists
{
    /// <summary>Elements past the end of a list that may be written.</summary>
    public const int Slack = 8;

    /// <summary>By bits of an 8-bit mask: the lanes whose bit is set, in order.</summary>
    private static readonly int[] s_order = Orders();

    /// <param name="winners">[rows, columns]: which of its window won, 0 and 1 above 2 and 3; negative for none.</param>
    /// <param name="g">[rows, columns], of the pooled map.</param>
    /// <param name="pitch">Elements from an output to the one below it.</param>
    /// <param name="step">Elements from an output to its right neighbour.</param>
    /// <param name="at">Where each output lies.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <returns>How many there are.</returns>
    public static int Fill(int* winners, float* g, int rows, int columns, int pitch, int step, int* at, float* gradient)
    {
        var count = 0;
        var vectors = Avx2.IsSupported && rows * columns >= 8;
        for (var row = 0; row < rows; row++)
        {
            for (var lower = 0; lower < 2; lower++)
            {
                var origin = ((2 * row) + lower) * pitch;
                if (vectors)
                {
                    count += Vectors(winners, g, row, rows, columns, 2 * lower, origin, step, at + count, gradient + count);
                    continue;
                }
                for (var column = 0; column < columns; column++)
                {
                    var window = (row * columns) + column;
                    var right = winners[window] - (2 * lower);
                    if ((uint)right > 1) continue;
                    at[count] = origin + (((2 * column) + right) * step);
                    gradient[count++] = g[window];
                }
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

    /// <summary>The winners of one row of outputs, eight windows at a time: nothing past the map's is read.</summary>
    private static int Vectors(int* winners, float* g, int row, int rows, int columns, int first, int origin, int step, int* at, float* gradient)
    {
        var count = 0;
        for (var column = 0; column < columns; column += 8)
        {
            var window = (row * columns) + column;
            var start = Math.Min(window, (rows * columns) - 8);
            var lanes = Vector256<int>.Indices - Vector256.Create(window - start);
            var right = Vector256.Load(winners + start) - Vector256.Create(first);
            var places = Vector256.Create(origin) + (((2 * (lanes + Vector256.Create(column))) + right) * step);
            var wins = Vector256.LessThan(right.AsUInt32(), Vector256.Create(2u))
                & Vector256.LessThan(lanes.AsUInt32(), Vector256.Create((uint)(columns - column)));
            var mask = wins.ExtractMostSignificantBits();
            var order = Vector256.LoadUnsafe(ref s_order[mask * 8]);
            Avx2.PermuteVar8x32(places, order).Store(at + count);
            Avx2.PermuteVar8x32(Vector256.Load(g + start), order).Store(gradient + count);
            count += BitOperations.PopCount(mask);
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
