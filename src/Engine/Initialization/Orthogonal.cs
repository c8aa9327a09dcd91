using System.Runtime.Intrinsics;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Initialization;

/// <summary>A random orthogonal matrix times a gain: lengths are kept through any number of linear layers.</summary>
/// <remarks>
/// As a matrix W [out, fan_in], W·Wᵀ = gain²·1 where out ≤ fan_in, else Wᵀ·W = gain²·1: the shorter side's vectors are orthonormal. They
/// are drawn one after another from the stream (seed, parameter), normal in every element, and each is freed of its predecessors by
/// modified Gram-Schmidt, twice, in double precision; so the matrix is uniform among all orthogonal ones. A vector of which less than
/// 10⁻⁶ is left, hardly to be met, is drawn again. Dot products run in 8 lanes, element i in lane i mod 8, then the lanes pairwise:
/// the same bits at every vector width. Saxe, McClelland, Ganguli: Exact solutions to the nonlinear dynamics of learning (2014).
/// </remarks>
/// <param name="Gain">Finite, above 0: 1 for linear layers, √2 before a ReLU.</param>
public sealed record Orthogonal(float Gain = 1) : Initializer
{
    private const double LeastLeft = 1e-6;

    public float Gain { get; } = float.IsFinite(Gain) && Gain > 0 ? Gain
        : throw new ArgumentOutOfRangeException(nameof(Gain), Gain, "the gain is a finite number above 0");

    public override void Fill(Span<float> weights, Shape shape, ulong seed, uint parameter)
    {
        var rows = shape.Rank == 0 ? 1 : shape[0];
        var columns = weights.Length / Math.Max(1, rows);
        var (count, length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        var vectors = new double[count][];
        var random = new RandomStream(seed, RandomPurpose.Initialization, parameter);
        for (var i = 0; i < count; i++)
        {
            vectors[i] = Draw(length, vectors.AsSpan(0, i), ref random);
            for (var j = 0; j < length; j++)
                weights[rows <= columns ? (i * columns) + j : (j * columns) + i] = (float)(Gain * vectors[i][j]);
        }
    }

    /// <summary>A random unit vector at right angles to all <paramref name="others"/>.</summary>
    private static double[] Draw(int length, ReadOnlySpan<double[]> others, ref RandomStream random)
    {
        var vector = new double[length];
        while (true)
        {
            for (var j = 0; j < length; j++) vector[j] = random.NextGaussian();
            var before = Math.Sqrt(Dot(vector, vector));
            for (var pass = 0; pass < 2; pass++)
                foreach (var other in others) Subtract(Dot(vector, other), other, vector);
            var left = Math.Sqrt(Dot(vector, vector));
            if (!(left > LeastLeft * before)) continue;
            for (var j = 0; j < length; j++) vector[j] /= left;
            return vector;
        }
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Span<double> lanes = stackalloc double[8];
        var sums = Vector512<double>.Zero;
        var i = 0;
        for (; i + 8 <= a.Length; i += 8)
            sums = Vector512.FusedMultiplyAdd(Vector512.Create(a.Slice(i, 8)), Vector512.Create(b.Slice(i, 8)), sums);
        sums.CopyTo(lanes);
        for (var lane = 0; i < a.Length; i++, lane++) lanes[lane] = Math.FusedMultiplyAdd(a[i], b[i], lanes[lane]);
        return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    }

    /// <summary>y ← y − c·x.</summary>
    private static void Subtract(double c, ReadOnlySpan<double> x, Span<double> y)
    {
        var i = 0;
        for (; i + 8 <= x.Length; i += 8)
            Vector512.FusedMultiplyAdd(Vector512.Create(-c), Vector512.Create(x.Slice(i, 8)), Vector512.Create<double>(y.Slice(i, 8)))
                .CopyTo(y[i..]);
        for (; i < x.Length; i++) y[i] = Math.FusedMultiplyAdd(-c, x[i], y[i]);
    }
}
