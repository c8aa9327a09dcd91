using System.Runtime.Intrinsics;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Tests.Kernels;

public partial class GemmTests
{
    private static readonly int[] Edges = [1, 2, 3, 5, 6, 7, 10, 11, 12, 13, 15, 16, 17, 23, 24, 25, 31, 32, 33, 40, 63, 65];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Bits_equal_the_reference_at_every_edge_of_the_tiles(bool transposeA, bool transposeB)
    {
        foreach (var m in Edges)
        {
            foreach (var n in Edges)
            {
                var k = 1 + ((m * 7) + (n * 3)) % 19;
                Compare(transposeA, transposeB, m, n, k, [0, k], (m + n) % 2 == 0, m * 100 + n);
            }
        }
    }

    /// <summary>k on both sides of the block of 256, where a chain goes on through C; and more columns than a block holds.</summary>
    [Theory]
    [InlineData(13, 33, 255)]
    [InlineData(13, 33, 256)]
    [InlineData(12, 32, 257)]
    [InlineData(7, 35, 383)]
    [InlineData(7, 35, 384)]
    [InlineData(25, 10, 785)]
    [InlineData(1, 1, 3000)]
    [InlineData(200, 40, 300)]
    [InlineData(700, 13, 1000)]
    [InlineData(13, 700, 1000)]
    [InlineData(3, 1100, 260)]
    [InlineData(1, 70000, 4)]
    [InlineData(20000, 3, 2)]
    [InlineData(5, 5, 0)]
    public void Bits_equal_the_reference_across_blocks(int m, int n, int k)
    {
        Compare(false, false, m, n, k, [0, k], true, 1);
        Compare(false, true, m, n, k, [0, k], false, 2);
        Compare(true, false, m, n, k, [0, k], true, 3);
        Compare(true, true, m, n, k, [0, k], false, 4);
    }

    /// <summary>B is read where it lies up to two rows of tiles, where its rows are short and whole tiles; next to each bound it is packed.</summary>
    [Theory]
    [InlineData(10, 256)]
    [InlineData(10, 257)]
    [InlineData(1, 32)]
    [InlineData(12, 512)]
    [InlineData(12, 544)]
    [InlineData(24, 64)]
    [InlineData(25, 64)]
    [InlineData(4, 16)]
    [InlineData(8, 48)]
    public void Few_rows_equal_the_reference(int m, int n)
    {
        foreach (var k in (int[])[1, 37, 128, 600])
            foreach (var shards in (int[])[1, 2, 8])
                foreach (var transposeA in (bool[])[false, true])
                    Compare(transposeA, false, m, n, k, [.. Enumerable.Range(0, shards + 1).Select(s => s * s * k / (shards * shards))], shards == 2, k);
    }

    /// <summary>B is packed a panel ahead: one tile of rows and several, each height of the last one, more rows than a block has; a last panel that is
    /// not full, one panel and many; one block of k, and more of them, of which the last is shorter.</summary>
    [Theory]
    [InlineData(12, 32, 16)]
    [InlineData(24, 64, 1024)]
    [InlineData(64, 96, 520)]
    [InlineData(28, 100, 300)]
    [InlineData(31, 33, 2048)]
    [InlineData(35, 160, 130)]
    [InlineData(770, 70, 257)]
    [InlineData(1549, 32, 700)]
    public void A_panel_packed_ahead_equals_the_reference(int m, int n, int k)
    {
        Compare(false, false, m, n, k, [0, k], false, m);
        Compare(false, false, m, n, k, [0, k], false, n, extremes: true);
    }

    /// <summary>The products of an output layer of ten classes: weights, with one shard, two and more of them and of uneven ones, inputs and outputs.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(63)]
    [InlineData(128)]
    [InlineData(600)]
    [InlineData(1030)]
    public void Ten_classes_equal_the_reference(int inputs)
    {
        foreach (var samples in (int[])[0, 1, 2, 9, 17, 33, 64])
        {
            foreach (var shards in (int[])[1, 2, 4, 16])
                Compare(true, false, 10, inputs, samples, [.. Enumerable.Range(0, shards + 1).Select(s => s * s * samples / (shards * shards))], false, samples);
            if (samples == 0) continue;
            Compare(false, false, samples, inputs, 10, [0, 10], false, samples);
            foreach (var withBias in (bool[])[false, true]) Compare(false, true, samples, 10, inputs, [0, inputs], withBias, samples);
        }
        Compare(true, false, 10, inputs, 9, [0, 0, 5, 9, 9], false, 1, extremes: true);
        Compare(false, false, 9, inputs, 10, [0, 10], false, 2, extremes: true);
        Compare(false, true, 39, 10, inputs, [0, inputs], true, 3, extremes: true);
    }

    /// <summary>Rows a multiple of 4 KiB apart are read from a copy: whole and last rows, one block of samples and several, with a bias and without.</summary>
    [Theory]
    [InlineData(33, 25, 1024)]
    [InlineData(200, 13, 2048)]
    [InlineData(5, 12, 3072)]
    public void Rows_of_whole_pages_equal_the_reference(int samples, int outputs, int inputs)
    {
        foreach (var withBias in (bool[])[false, true]) Compare(false, true, samples, outputs, inputs, [0, inputs], withBias, inputs);
        Compare(false, true, samples, outputs, inputs, [0, inputs], false, 1, extremes: true);
    }

    /// <summary>More columns than a block has: A is packed for the first and kept for the others, over one block of k and several.</summary>
    [Theory]
    [InlineData(true, 25, 600, 512, 4)]
    [InlineData(true, 61, 1050, 256, 1)]
    [InlineData(false, 30, 1100, 600, 1)]
    [InlineData(false, 23, 2100, 300, 1)]
    public void Several_blocks_of_columns_equal_the_reference(bool transposeA, int m, int n, int k, int shards)
    {
        int[] offsets = [.. Enumerable.Range(0, shards + 1).Select(s => s * k / shards)];
        foreach (var transposeB in (bool[])[false, true]) Compare(transposeA, transposeB, m, n, k, offsets, shards == 1, m);
    }

    [Fact]
    public void Bits_equal_the_reference_for_random_shapes_and_shards()
    {
        const int Seed = 20260;
        var random = new Random(Seed);
        for (var round = 0; round < 400; round++)
        {
            var (m, n, k) = (random.Next(1, 50), random.Next(1, 70), random.Next(0, 90));
            var shards = 1 << random.Next(0, 5);
            var offsets = new int[shards + 1];
            for (var s = 1; s < shards; s++) offsets[s] = random.Next(0, k + 1);
            offsets[shards] = k;
            Array.Sort(offsets);
            Compare(random.Next(2) == 0, random.Next(2) == 0, m, n, k, offsets, random.Next(2) == 0, Seed + round);
        }
    }

    [Fact]
    public void Many_shards_and_deep_k_equal_the_reference()
    {
        int[] Even(int k, int shards) => [.. Enumerable.Range(0, shards + 1).Select(s => (int)((long)s * k / shards))];
        Compare(true, false, 13, 35, 1500, Even(1500, 64), true, 5);
        Compare(true, false, 5, 9, 100, Even(100, 4096), false, 6);
        Compare(true, false, 130, 70, 2100, Even(2100, 2), false, 7);
    }

    [Fact]
    public void A_tree_over_four_shards_is_left_half_plus_right_half()
    {
        const int M = 37, N = 45, K = 50;
        int[] offsets = [0, 9, 20, 37, K];
        var a = Bits.Mixed(K * M, 1, extremes: false);
        var b = Bits.Mixed(K * N, 2, extremes: false);
        var (whole, left, right) = (new float[M * N], new float[M * N], new float[M * N]);
        Gemm.MultiplyTree<float>(true, false, M, N, K, a, b, whole, offsets);
        Gemm.MultiplyTree<float>(true, false, M, N, 20, a.AsSpan(0, 20 * M), b.AsSpan(0, 20 * N), left, [0, 9, 20]);
        Gemm.MultiplyTree<float>(true, false, M, N, 30, a.AsSpan(20 * M), b.AsSpan(20 * N), right, [0, 17, 30]);
        Elementwise.TreeAdd<float>(left, right, left);
        Bits.AssertEqual(whole, left, "left + right");

        var chain = new float[M * N];
        Gemm.Multiply<float>(true, false, M, N, K, a, b, chain);
        Assert.NotEqual(chain, whole); // else the test could not tell a tree from a chain
    }

    /// <summary>So that rows can be used while others are computed.</summary>
    [Fact]
    public void Rows_that_are_told_of_are_final_and_all_are_told_of()
    {
        const int M = 700, N = 65, K = 96;
        int[] offsets = [0, 20, 48, 70, K];
        var (a, b) = (Bits.Mixed(K * M, 1, extremes: false), Bits.Mixed(K * N, 2, extremes: false));
        var (expected, actual) = (new float[M * N], new float[M * N]);
        GemmReference.MultiplyTree<float>(true, false, M, N, K, a, b, expected, offsets, default);
        var told = new List<int> { M };
        Gemm.MultiplyTree<float>(true, false, M, N, K, a, b, actual, offsets, rowsDone: (row, _) =>
        {
            Assert.True(row < told[^1], $"row {row} after row {told[^1]}");
            Bits.AssertEqual(expected[(row * N)..(told[^1] * N)], actual[(row * N)..(told[^1] * N)], $"rows {row} to {told[^1]}");
            told.Add(row);
        });
        Assert.Equal(0, told[^1]);
        Assert.True(told.Count > 3, $"told {told.Count - 1} times");
    }

    /// <summary>What is too small for a float and negative is −0; were the +0 of an absent shard added, it would be +0.</summary>
    [Fact]
    public void A_single_shard_of_ten_rows_keeps_its_negative_zeros()
    {
        var (a, b, c) = (new float[10], new float[16], new float[10 * 16]);
        Array.Fill(a, float.Epsilon);
        Array.Fill(b, -float.Epsilon);
        Gemm.MultiplyTree<float>(true, false, 10, 16, 1, a, b, c, [0, 1]);
        Assert.All(c, sum => Assert.True(float.IsNegative(sum)));
    }

    [Fact]
    public void Ten_rows_are_told_of_when_they_are_final()
    {
        const int N = 40, K = 24;
        int[] offsets = [0, 7, K];
        var (a, b) = (Bits.Mixed(K * 10, 1, extremes: false), Bits.Mixed(K * N, 2, extremes: false));
        var (expected, actual) = (new float[10 * N], new float[10 * N]);
        GemmReference.MultiplyTree<float>(true, false, 10, N, K, a, b, expected, offsets, default);
        var told = new List<int>();
        Gemm.MultiplyTree<float>(true, false, 10, N, K, a, b, actual, offsets, rowsDone: (row, _) =>
        {
            told.Add(row);
            Bits.AssertEqual(expected, actual, "ten rows");
        });
        Assert.Equal([0], told);
    }

    [Fact]
    public void Double_runs_the_reference()
    {
        double[] a = [1, 2, 3, 4, 5, 6], b = [7, 8, 9, 10, 11, 12], c = new double[4];
        Gemm.Multiply<double>(false, false, 2, 2, 3, a, b, c, [0.5, 1]);
        Assert.Equal([58.5, 65, 139.5, 155], c);
    }

    [Fact]
    public void Extremes_never_leak_from_padding_or_between_elements()
    {
        for (var seed = 0; seed < 50; seed++) Compare(seed % 2 == 0, seed % 3 == 0, 14, 35, 9, [0, 2, 9], true, seed, extremes: true);
    }

    [Theory]
    [InlineData(2, 2, 2, 3, 4, 4, 0, "A of m = 2 times k = 2")]
    [InlineData(2, 2, 2, 4, 5, 4, 0, "B of k = 2 times n = 2")]
    [InlineData(2, 2, 2, 4, 4, 3, 0, "C of m = 2 times n = 2")]
    [InlineData(2, 2, 2, 4, 4, 4, 1, "a bias of n = 2")]
    [InlineData(0, 2, 2, 0, 4, 0, 0, "m and n of at least 1")]
    public void Wrong_lengths_are_refused(int m, int n, int k, int a, int b, int c, int bias, string message)
    {
        var error = Assert.Throws<ArgumentException>(() =>
            Gemm.Multiply<float>(false, false, m, n, k, new float[a], new float[b], new float[c], new float[bias]));
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData(new[] { 0, 1, 2, 4 }, "power of two")]
    [InlineData(new[] { 0, 3, 2, 3, 4 }, "shard 1 begins at sample 3 and ends at 2")]
    [InlineData(new[] { 0, 3 }, "cover samples 0 to 4, got 0 to 3")]
    public void Wrong_shards_are_refused(int[] offsets, string message)
    {
        var error = Assert.Throws<ArgumentException>(() =>
            Gemm.MultiplyTree<float>(false, false, 1, 1, 4, new float[4], new float[4], new float[1], offsets));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void A_second_product_allocates_nothing()
    {
        var (a, b, c) = (new float[64 * 64], new float[64 * 64], new float[64 * 64]);
        int[] offsets = [0, 16, 32, 48, 64];
        Gemm.MultiplyTree<float>(true, false, 64, 64, 64, a, b, c, offsets);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Gemm.MultiplyTree<float>(true, false, 64, 64, 64, a, b, c, offsets);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>Large C that begins on a boundary is stored past the caches, with whole tiles and with some at the edges; who is told of rows reads what the
    /// reference has there.</summary>
    [Theory]
    [InlineData(1030, 1040, 16, 4)]
    [InlineData(2048, 512, 40, 8)]
    [InlineData(520, 2048, 6, 2)]
    public void Large_sums_over_shards_have_the_bits_of_the_reference(int m, int n, int k, int shards)
    {
        var (a, b, expected) = (Bits.Mixed(m * k, 1, extremes: false), Bits.Mixed(k * n, 2, extremes: false), new float[m * n]);
        int[] offsets = [.. Enumerable.Range(0, shards + 1).Select(s => s * k / shards)];
        GemmReference.MultiplyTree<float>(true, false, m, n, k, a, b, expected, offsets, []);
        var memory = AlignedMemory.Allocate((m * n) + 16);
        foreach (var shift in new[] { 0, 3, 16 })
        {
            var c = memory.Slice(shift, m * n);
            c.Span.Fill(float.NaN);
            var told = m;
            Gemm.MultiplyTree<float>(true, false, m, n, k, a, b, c.Span, offsets, rowsDone: (row, _) =>
            {
                Assert.True(row < told);
                told = row;
                Bits.AssertEqual(expected.AsSpan(row * n, n).ToArray(), c.Span.Slice(row * n, n).ToArray(), $"row {row}, shifted by {shift}");
            });
            Bits.AssertEqual(expected, c.ToArray(), $"shifted by {shift}");
        }
    }

    /// <summary>The kernel of this machine, and both tiles whether or not they are this machine's.</summary>
    private static unsafe void Compare(bool transposeA, bool transposeB, int m, int n, int k, int[] offsets, bool withBias, int seed,
        bool extremes = false)
    {
        var a = Bits.Mixed(m * k, seed, extremes);
        var b = Bits.Mixed(k * n, seed + 1, extremes);
        var bias = withBias ? Bits.Mixed(n, seed + 2, extremes) : [];
        var (expected, actual) = (new float[m * n], new float[m * n]);
        Array.Fill(actual, float.NaN);
        GemmReference.MultiplyTree<float>(transposeA, transposeB, m, n, k, a, b, expected, offsets, bias);
        Gemm.MultiplyTree<float>(transposeA, transposeB, m, n, k, a, b, actual, offsets, bias);
        var what = $"m {m}, n {n}, k {k}, transposes {transposeA} {transposeB}, shards [{string.Join(", ", offsets)}], seed {seed}";
        Bits.AssertEqual(expected, actual, what);
        fixed (float* pa = a, pb = b, pc = actual, pbias = bias)
        {
            Array.Fill(actual, float.NaN);
            GemmBlocked<GemmTile256, GemmTile256, GemmTile256>.MultiplyTree(transposeA, transposeB, m, n, k, pa, pb, pc, offsets, pbias);
            Bits.AssertEqual(expected, actual, $"6 by 16: {what}");
            Array.Fill(actual, float.NaN);
            GemmBlocked<GemmTile512, GemmTile512Low, GemmTile512Flat>.MultiplyTree(transposeA, transposeB, m, n, k, pa, pb, pc, offsets, pbias);
            Bits.AssertEqual(expected, actual, $"12 by 32: {what}");
            Array.Fill(actual, float.NaN);
            GemmBlocked<GemmTile512Narrow, GemmTile512Narrow, GemmTile512Narrow>.MultiplyTree(transposeA, transposeB, m, n, k, pa, pb, pc, offsets, pbias);
            Bits.AssertEqual(expected, actual, $"12 by 16: {what}");
            CompareTen(transposeA, transposeB, m, n, k, pa, pb, pbias, offsets, expected, what);
            if (transposeA || offsets.Length > 2 || k == 0) return;
            Array.Fill(actual, float.NaN);
            if (transposeB && n >= 12) GemmRows512.Multiply(m, n, k, pa, pb, pc, pbias);
            else if (!transposeB && !withBias) GemmAhead512.Multiply(m, n, k, pa, pb, pc);
            else return;
            Bits.AssertEqual(expected, actual, $"{(transposeB ? "rows where they lie" : "packed a panel ahead")}: {what}");
        }
    }

    /// <summary>The kernels for ten classes, whether or not they are this machine's.</summary>
    private static unsafe void CompareTen(bool transposeA, bool transposeB, int m, int n, int k, float* a, float* b, float* bias, int[] offsets,
        float[] expected, string what)
    {
        var actual = new float[m * n];
        Array.Fill(actual, float.NaN);
        fixed (float* c = actual)
        {
            if (transposeB)
            {
                if (transposeA || offsets.Length > 2 || n != 10 || k == 0) return;
                GemmTenColumns512.Multiply(m, k, a, b, c, bias);
            }
            else if (bias != null) return;
            else if (transposeA && m == 10 && n >= 16) GemmTenRows512.MultiplyTree(n, a, b, c, offsets);
            else if (!transposeA && offsets.Length == 2 && k == 10 && m >= 2 && n >= 32) GemmTenDeep512.Multiply(m, n, a, b, c);
            else return;
        }
        Bits.AssertEqual(expected, actual, $"ten classes: {what}");
    }
}
