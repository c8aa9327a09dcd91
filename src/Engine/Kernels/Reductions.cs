using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>Sums over the samples of a batch, in the one order that the answer is defined by.</summary>
/// <remarks>
/// A shard's sum begins at +0 and adds its samples in order; shard sums are added pairwise in the fixed binary tree,
/// left + right. An empty shard is +0. Columns never mix, so their number and the vector width do not show.
/// </remarks>
public static class Reductions
{
    /// <summary>Columns taken together: four vectors of 16.</summary>
    private const int Block = 64;

    /// <summary>Columns of one vector.</summary>
    private const int Narrow = 16;

    /// <summary>Column sums over the rows (samples) of a matrix, in the shard tree.</summary>
    /// <param name="matrix">[rows, columns], row-major.</param>
    /// <param name="columns">At least 1; matrix.Length is a multiple of it.</param>
    /// <param name="shardOffsets">Shard s holds rows [offsets[s], offsets[s + 1]); a power of two of shards that cover all rows.</param>
    /// <param name="destination">[columns], written.</param>
    public static void SumRows<T>(ReadOnlySpan<T> matrix, int columns, ReadOnlySpan<int> shardOffsets, Span<T> destination)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(matrix.Length, columns, shardOffsets, destination.Length);
        if (typeof(T) == typeof(float))
            SumRowsFloat(MemoryMarshal.Cast<T, float>(matrix), columns, shardOffsets, MemoryMarshal.Cast<T, float>(destination));
        else
            SumRowsLoop(matrix, columns, shardOffsets, destination);
    }

    /// <summary>The plain loops that <see cref="SumRows"/> must equal to the bit.</summary>
    public static void SumRowsReference<T>(ReadOnlySpan<T> matrix, int columns, ReadOnlySpan<int> shardOffsets, Span<T> destination)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(matrix.Length, columns, shardOffsets, destination.Length);
        SumRowsLoop(matrix, columns, shardOffsets, destination);
    }

    /// <summary>Lanes of <see cref="Sum"/>, <see cref="SumOfSquares"/> and <see cref="Dot"/>.</summary>
    private const int Lanes = 8;

    /// <summary>Σ x_i in double precision, in the order of <see cref="Dot"/>.</summary>
    public static double Sum(ReadOnlySpan<float> x)
    {
        Span<double> lanes = stackalloc double[Lanes];
        var sums = Vector512<double>.Zero;
        var i = 0;
        for (; i + Lanes <= x.Length; i += Lanes) sums += Widen(x.Slice(i, Lanes));
        sums.CopyTo(lanes);
        for (var lane = 0; i < x.Length; i++, lane++) lanes[lane] += x[i];
        return Fold(lanes);
    }

    /// <summary>The plain loop that <see cref="Sum"/> must equal to the bit.</summary>
    public static double SumReference(ReadOnlySpan<float> x)
    {
        Span<double> lanes = stackalloc double[Lanes];
        lanes.Clear();
        for (var i = 0; i < x.Length; i++) lanes[i % Lanes] += x[i];
        return Fold(lanes);
    }

    /// <summary>Σ x_i² in double precision.</summary>
    public static double SumOfSquares(ReadOnlySpan<float> x) => Dot(x, x);

    /// <summary>Σ (x_i − center)² in double precision, in the order of <see cref="Dot"/>.</summary>
    public static double SumOfSquaresAround(ReadOnlySpan<float> x, double center)
    {
        Span<double> lanes = stackalloc double[Lanes];
        var (sums, middle) = (Vector512<double>.Zero, Vector512.Create(center));
        var i = 0;
        for (; i + Lanes <= x.Length; i += Lanes)
        {
            var difference = Widen(x.Slice(i, Lanes)) - middle;
            sums += difference * difference;
        }
        sums.CopyTo(lanes);
        for (var lane = 0; i < x.Length; i++, lane++) lanes[lane] += (x[i] - center) * (x[i] - center);
        return Fold(lanes);
    }

    /// <summary>The plain loop that <see cref="SumOfSquaresAround"/> must equal to the bit.</summary>
    public static double SumOfSquaresAroundReference(ReadOnlySpan<float> x, double center)
    {
        Span<double> lanes = stackalloc double[Lanes];
        lanes.Clear();
        for (var i = 0; i < x.Length; i++) lanes[i % Lanes] += (x[i] - center) * (x[i] - center);
        return Fold(lanes);
    }

    /// <summary>Σ a_i·b_i in double precision, in which every product of two floats is exact.</summary>
    /// <remarks>Order: element i is added to lane i mod 8, each lane in index order from +0; then the lanes pairwise,
    /// ((l0 + l1) + (l2 + l3)) + ((l4 + l5) + (l6 + l7)).</remarks>
    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length) throw new ArgumentException($"Dot: {a.Length} elements times {b.Length}: equal lengths are wanted");
        Span<double> lanes = stackalloc double[Lanes];
        var sums = Vector512<double>.Zero;
        var i = 0;
        for (; i + Lanes <= a.Length; i += Lanes) sums += Widen(a.Slice(i, Lanes)) * Widen(b.Slice(i, Lanes));
        sums.CopyTo(lanes);
        for (var lane = 0; i < a.Length; i++, lane++) lanes[lane] += (double)a[i] * b[i];
        return Fold(lanes);
    }

    /// <summary>The plain loop that <see cref="Dot"/> must equal to the bit.</summary>
    public static double DotReference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Span<double> lanes = stackalloc double[Lanes];
        lanes.Clear();
        for (var i = 0; i < a.Length; i++) lanes[i % Lanes] += (double)a[i] * b[i];
        return Fold(lanes);
    }

    private static Vector512<double> Widen(ReadOnlySpan<float> eight)
    {
        var floats = Vector256.Create(eight);
        return Vector512.Create(Vector256.WidenLower(floats), Vector256.WidenUpper(floats));
    }

    private static double Fold(ReadOnlySpan<double> l) => ((l[0] + l[1]) + (l[2] + l[3])) + ((l[4] + l[5]) + (l[6] + l[7]));

    private static void SumRowsLoop<T>(ReadOnlySpan<T> matrix, int columns, ReadOnlySpan<int> shardOffsets, Span<T> destination)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var column = 0; column < columns; column++)
            destination[column] = SumColumn(matrix, columns, column, shardOffsets, 0, shardOffsets.Length - 1);
    }

    /// <summary>Sum of one column over shards [first, first + count).</summary>
    private static T SumColumn<T>(ReadOnlySpan<T> matrix, int columns, int column, ReadOnlySpan<int> offsets, int first, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (count > 1)
        {
            return SumColumn(matrix, columns, column, offsets, first, count / 2)
                + SumColumn(matrix, columns, column, offsets, first + (count / 2), count / 2);
        }
        var sum = T.Zero;
        for (var row = offsets[first]; row < offsets[first + 1]; row++) sum += matrix[(row * columns) + column];
        return sum;
    }

    private static void SumRowsFloat(ReadOnlySpan<float> matrix, int columns, ReadOnlySpan<int> offsets, Span<float> destination)
    {
        Span<float> stack = stackalloc float[(ShardOffsets.MaxDepth + 1) * Block];
        // The last block reaches back over columns that are done already: their sums come out the same once more.
        if (columns >= Block)
        {
            for (var column = 0; column < columns; column += Block)
                SumBlock(matrix, columns, Math.Min(column, columns - Block), offsets, stack, destination);
        }
        else if (columns >= Narrow)
        {
            for (var column = 0; column < columns; column += Narrow)
                SumNarrow(matrix, columns, Math.Min(column, columns - Narrow), offsets, stack, destination);
        }
        else
        {
            SumRowsLoop(matrix, columns, offsets, destination);
        }
    }

    /// <summary>One vector of columns.</summary>
    private static void SumNarrow(ReadOnlySpan<float> matrix, int columns, int column, ReadOnlySpan<int> offsets, Span<float> stack,
        Span<float> destination)
    {
        var depth = 0;
        for (var shard = 0; shard + 1 < offsets.Length; shard++)
        {
            var sum = Vector512<float>.Zero;
            for (var row = offsets[shard]; row < offsets[shard + 1]; row++)
                sum += Vector512.Create(matrix.Slice((row * columns) + column, Narrow));
            for (var merges = ShardOffsets.Merges(shard); merges > 0; merges--)
                sum = Vector512.Create<float>(stack.Slice(--depth * Narrow, Narrow)) + sum;
            sum.CopyTo(stack[(depth++ * Narrow)..]);
        }
        stack[..Narrow].CopyTo(destination[column..]);
    }

    /// <summary>Four vectors of columns.</summary>
    private static void SumBlock(ReadOnlySpan<float> matrix, int columns, int column, ReadOnlySpan<int> offsets, Span<float> stack,
        Span<float> destination)
    {
        ref var waiting = ref MemoryMarshal.GetReference(stack);
        var depth = 0;
        for (var shard = 0; shard + 1 < offsets.Length; shard++)
        {
            var (s0, s1, s2, s3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
            for (var row = offsets[shard]; row < offsets[shard + 1]; row++)
            {
                ref var source = ref MemoryMarshal.GetReference(matrix.Slice((row * columns) + column, Block));
                s0 += Vector512.LoadUnsafe(ref source);
                s1 += Vector512.LoadUnsafe(ref source, 16);
                s2 += Vector512.LoadUnsafe(ref source, 32);
                s3 += Vector512.LoadUnsafe(ref source, 48);
            }
            for (var merges = ShardOffsets.Merges(shard); merges > 0; merges--)
            {
                ref var left = ref Unsafe.Add(ref waiting, --depth * Block);
                s0 = Vector512.LoadUnsafe(ref left) + s0;
                s1 = Vector512.LoadUnsafe(ref left, 16) + s1;
                s2 = Vector512.LoadUnsafe(ref left, 32) + s2;
                s3 = Vector512.LoadUnsafe(ref left, 48) + s3;
            }
            ref var top = ref Unsafe.Add(ref waiting, depth++ * Block);
            s0.StoreUnsafe(ref top);
            s1.StoreUnsafe(ref top, 16);
            s2.StoreUnsafe(ref top, 32);
            s3.StoreUnsafe(ref top, 48);
        }
        stack[..Block].CopyTo(destination[column..]);
    }

    private static void Check(int elements, int columns, ReadOnlySpan<int> shardOffsets, int destination)
    {
        if (columns < 1 || elements % columns != 0)
            throw new ArgumentException($"SumRows: {elements} elements are no matrix of {columns} columns");
        ShardOffsets.Check("SumRows", shardOffsets, elements / columns);
        if (destination != columns)
            throw new ArgumentException($"SumRows: the matrix has {columns} columns, the destination {destination} elements");
    }
}
