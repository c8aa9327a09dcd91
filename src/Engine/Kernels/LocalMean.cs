using System.Numerics;

namespace Distributed.Engine.Kernels;

/// <summary>The weighted mean of the pixels around each pixel of a plane, and the adjoint of that.</summary>
/// <remarks><code>
/// mean      m[i, j] = Σ_p Y[i, p]·Σ_q X[j, q]·x[i + p − r, j + q − r];  r = (size − 1) / 2, pixels outside left out
/// weights   Σ_p Y[i, p] = Σ_q X[j, q] = 1 at every pixel, at the border too: a constant plane is its own mean
/// adjoint   a[i, j] = Σ_j' X[j', j − j' + r]·Σ_i' Y[i', i − i' + r]·g[i', j']
/// order     the inner sum first; each in index order, fused multiply-add from +0
/// </code>
/// Weights are computed in double and rounded once; on every platform alike.</remarks>
internal sealed class LocalMean
{
    private readonly int _radius;
    private readonly double[] _rows;
    private readonly double[] _columns;

    /// <param name="size">Pixels along each side of the window; odd.</param>
    /// <param name="deviation">Of a Gaussian window, in pixels; 0: all weights are equal.</param>
    public LocalMean(int size, double deviation, int height, int width)
    {
        (_radius, Height, Width) = ((size - 1) / 2, height, width);
        (_rows, _columns) = (Weights(size, deviation, height), Weights(size, deviation, width));
    }

    public int Height { get; }

    public int Width { get; }

    /// <param name="between">As long as the plane; anything, written.</param>
    /// <param name="means">As long as the plane, written; may be <paramref name="plane"/>.</param>
    public void Forward<T>(ReadOnlySpan<T> plane, Span<T> between, Span<T> means) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var row = 0; row < Height; row++)
            for (var j = 0; j < Width; j++)
                between[(row * Width) + j] = Around(plane.Slice(row * Width, Width), 1, Width, j, _columns.AsSpan(j * Size, Size));
        for (var i = 0; i < Height; i++)
            for (var column = 0; column < Width; column++)
                means[(i * Width) + column] = Around(between[column..], Width, Height, i, _rows.AsSpan(i * Size, Size));
    }

    /// <inheritdoc cref="Forward"/>
    public void Adjoint<T>(ReadOnlySpan<T> plane, Span<T> between, Span<T> result) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var i = 0; i < Height; i++)
            for (var column = 0; column < Width; column++)
                between[(i * Width) + column] = Back(plane[column..], Width, Height, i, _rows);
        for (var row = 0; row < Height; row++)
            for (var j = 0; j < Width; j++)
                result[(row * Width) + j] = Back<T>(between.Slice(row * Width, Width), 1, Width, j, _columns);
    }

    /// <summary>The mean as two matrices: m = rows·x·columnsᵀ, with rows [height, height] and columns [width, width], row-major.</summary>
    public (float[] Rows, float[] Columns) Matrices() => (Matrix(_rows, Height), Matrix(_columns, Width));

    private int Size => (2 * _radius) + 1;

    private float[] Matrix(double[] weights, int extent)
    {
        var matrix = new float[extent * extent];
        for (var at = 0; at < extent; at++)
            for (var other = Math.Max(0, at - _radius); other <= Math.Min(extent - 1, at + _radius); other++)
                matrix[(at * extent) + other] = (float)weights[(at * Size) + other - at + _radius];
        return matrix;
    }

    private T Around<T>(ReadOnlySpan<T> line, int step, int extent, int at, ReadOnlySpan<double> weights)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        for (var other = Math.Max(0, at - _radius); other <= Math.Min(extent - 1, at + _radius); other++)
            sum = T.FusedMultiplyAdd(T.CreateTruncating(weights[other - at + _radius]), line[other * step], sum);
        return sum;
    }

    private T Back<T>(ReadOnlySpan<T> line, int step, int extent, int at, double[] weights) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        for (var other = Math.Max(0, at - _radius); other <= Math.Min(extent - 1, at + _radius); other++)
            sum = T.FusedMultiplyAdd(T.CreateTruncating(weights[(other * Size) + at - other + _radius]), line[other * step], sum);
        return sum;
    }

    /// <summary>[extent, size]: of each place, the weights of those around it; 0 outside, 1 in sum.</summary>
    private static double[] Weights(int size, double deviation, int extent)
    {
        var radius = (size - 1) / 2;
        var weights = new double[extent * size];
        for (var at = 0; at < extent; at++)
        {
            var own = weights.AsSpan(at * size, size);
            var sum = 0.0;
            for (var tap = 0; tap < size; tap++)
            {
                if (at + tap - radius < 0 || at + tap - radius >= extent) continue;
                var distance = deviation > 0 ? (tap - radius) / deviation : 0;
                sum += own[tap] = PortableMath.Exp(-0.5 * distance * distance);
            }
            for (var tap = 0; tap < size; tap++) own[tap] /= sum;
        }
        return weights;
    }
}
