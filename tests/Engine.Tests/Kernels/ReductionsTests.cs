using Distributed.Engine.Kernels;

namespace Distributed.Engine.Tests.Kernels;

public class ReductionsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(64)]
    public void Column_sums_equal_the_reference_at_every_width(int shards)
    {
        var random = new Random(shards);
        for (var columns = 1; columns <= 256; columns += columns < 70 ? 1 : 13)
        {
            var rows = random.Next(0, 40);
            var offsets = new int[shards + 1];
            for (var s = 1; s < shards; s++) offsets[s] = random.Next(0, rows + 1);
            offsets[shards] = rows;
            Array.Sort(offsets);
            var matrix = Bits.Mixed(rows * columns, columns, extremes: columns % 3 == 0);
            var (expected, actual) = (new float[columns], new float[columns]);
            Array.Fill(actual, float.NaN);
            Reductions.SumRowsReference<float>(matrix, columns, offsets, expected);
            Reductions.SumRows<float>(matrix, columns, offsets, actual);
            Bits.AssertEqual(expected, actual, $"{rows} rows, {columns} columns, shards [{string.Join(", ", offsets)}]");
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(70)]
    public void The_tree_over_four_shards_is_left_half_plus_right_half(int columns)
    {
        var matrix = Bits.Mixed(23 * columns, 9, extremes: false);
        var (whole, left, right) = (new float[columns], new float[columns], new float[columns]);
        Reductions.SumRows<float>(matrix, columns, [0, 5, 11, 11, 23], whole);
        Reductions.SumRows<float>(matrix.AsSpan(0, 11 * columns), columns, [0, 5, 11], left);
        Reductions.SumRows<float>(matrix.AsSpan(11 * columns), columns, [0, 0, 12], right);
        Elementwise.TreeAdd<float>(left, right, left);
        Bits.AssertEqual(whole, left, "left + right");
    }

    [Fact]
    public void Order_is_sample_order_within_a_shard_and_pairwise_above()
    {
        // 2^24 + 1 is not a float: what is added first shows.
        float[] column = [16777216f, 1f, 1f, 1f];
        var sum = new float[1];
        Reductions.SumRows<float>(column, 1, [0, 4], sum);
        Assert.Equal(16777216f, sum[0]);
        Reductions.SumRows<float>(column, 1, [0, 1, 2, 3, 4], sum);
        Assert.Equal(16777218f, sum[0]);
        Reductions.SumRows<float>(column, 1, [0, 1, 4], sum);
        Assert.Equal(16777220f, sum[0]); // 2^24 + 3 rounded to even
    }

    [Fact]
    public void Sums_of_a_row_equal_the_reference_at_every_length_and_offset()
    {
        for (var length = 0; length <= 256; length++)
        {
            var x = Bits.Mixed(length + 3, length, extremes: length % 5 == 0).AsSpan(length % 4 % 3);
            var row = x[..length];
            Assert.Equal(Reductions.SumReference(row), Reductions.Sum(row));
            Assert.Equal(Reductions.SumOfSquaresAroundReference(row, 0.3), Reductions.SumOfSquaresAround(row, 0.3));
            Assert.Equal(Reductions.DotReference(row, row), Reductions.SumOfSquares(row));
        }
        Assert.Equal(1, Reductions.SumOfSquaresAround([4f, 5, 4], 4));
        Assert.Equal(7, Reductions.Sum([4f, 5, -2]));
    }

    [Fact]
    public void An_empty_shard_is_plus_zero()
    {
        var sum = new float[1];
        Reductions.SumRows<float>([], 1, [0, 0, 0], sum);
        Assert.Equal(0, BitConverter.SingleToInt32Bits(sum[0]));
        Reductions.SumRows<float>([-0f], 1, [0, 1], sum);
        Assert.Equal(0, BitConverter.SingleToInt32Bits(sum[0]));
    }

    [Fact]
    public void A_destination_of_another_width_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Reductions.SumRows<float>(new float[6], 3, [0, 2], new float[2]));
        Assert.Contains("the matrix has 3 columns, the destination 2", error.Message);
    }

    [Fact]
    public void A_dot_product_equals_the_reference_at_every_length_and_offset()
    {
        for (var length = 0; length <= 256; length++)
        {
            var offset = length % 5;
            var (a, b) = (Bits.Mixed(length + offset, length, extremes: false), Bits.Mixed(length + 1, length + 7, extremes: false));
            Assert.Equal(BitConverter.DoubleToInt64Bits(Reductions.DotReference(a.AsSpan(offset), b.AsSpan(1))),
                BitConverter.DoubleToInt64Bits(Reductions.Dot(a.AsSpan(offset), b.AsSpan(1))));
        }
    }

    [Fact]
    public void A_dot_product_adds_in_eight_lanes()
    {
        // 2^53 + 1 is no double: 1 is lost beside it in one lane, and not in another.
        const float big = 1L << 53;
        Assert.Equal(big, Reductions.Dot([big, 0, 0, 0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1]));
        Assert.Equal(big + 2.0, Reductions.Dot([big, 0, 1, 1], [1, 1, 1, 1]));
        Assert.Equal(25, Reductions.SumOfSquares([3, 4]));
        Assert.Throws<ArgumentException>(() => Reductions.Dot([1], [1, 2]));
    }
}
