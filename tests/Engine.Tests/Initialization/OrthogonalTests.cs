using Distributed.Engine.Initialization;

namespace Distributed.Engine.Tests.Initialization;

public class OrthogonalTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 7)]
    [InlineData(5, 40)]
    [InlineData(40, 5)]
    [InlineData(130, 100)]
    public void The_shorter_sides_vectors_are_orthonormal_times_the_gain(int rows, int columns)
    {
        const float gain = 1.5f;
        var w = new float[rows * columns];
        new Orthogonal(gain).Fill(w, new Shape(rows, columns), 3, 2);
        var count = Math.Min(rows, columns);
        for (var i = 0; i < count; i++)
            for (var j = 0; j <= i; j++)
            {
                var dot = 0.0;
                if (rows <= columns)
                    for (var k = 0; k < columns; k++) dot += (double)w[(i * columns) + k] * w[(j * columns) + k];
                else
                    for (var k = 0; k < rows; k++) dot += (double)w[(k * columns) + i] * w[(k * columns) + j];
                Assert.Equal(i == j ? gain * gain : 0, dot, 1e-6);
            }
    }

    [Fact]
    public void A_kernel_is_a_matrix_of_maps_by_taps()
    {
        var (kernel, matrix) = (new float[6 * 18], new float[6 * 18]);
        new Orthogonal().Fill(kernel, new Shape(6, 2, 3, 3), 1, 0);
        new Orthogonal().Fill(matrix, new Shape(6, 18), 1, 0);
        AssertBits.Equal(matrix, kernel);
    }

    /// <summary>Part of every run's answer: if this changes, fingerprints change.</summary>
    [Fact]
    public void The_first_weights_of_a_seed_never_change()
    {
        var weights = new float[6];
        new Orthogonal().Fill(weights, new Shape(3, 2), 1, 0);
        AssertBits.Equal([-0.39109096f, 0.86520183f, 0.28448164f, -0.21062219f, 0.8752817f, 0.45504296f], weights);
    }

    /// <summary>With 20,000 matrices of 2 by 2: every direction equally often, both orientations too.</summary>
    [Fact]
    public void All_orthogonal_matrices_are_equally_likely()
    {
        var (quarters, turned) = (new int[4], 0);
        for (uint i = 0; i < 20_000; i++)
        {
            var w = new float[4];
            new Orthogonal().Fill(w, new Shape(2, 2), 5, i);
            quarters[(w[0] > 0 ? 1 : 0) + (w[1] > 0 ? 2 : 0)]++;
            if (w[0] * w[3] - w[1] * w[2] > 0) turned++;
        }
        Assert.All(quarters, count => Assert.InRange(count, 5000 - 250, 5000 + 250)); // four standard deviations
        Assert.InRange(turned, 10_000 - 290, 10_000 + 290);
    }
}
