using Distributed.Engine.Randomness;

namespace Distributed.Engine.Tests.Randomness;

public class RandomStreamTests
{
    [Fact]
    public void Words_are_the_blocks_of_philox_in_order()
    {
        const ulong seed = 0x0123456789abcdef;
        var random = new RandomStream(seed, RandomPurpose.Test, 7, 9, 11);
        for (var block = 0u; block < 3; block++)
        {
            var wanted = Philox.Block(new PhiloxBlock(block, 9, 7, (255u << 24) | 11), 0x89abcdef, 0x01234567);
            Assert.Equal(wanted, new PhiloxBlock(random.NextUInt32(), random.NextUInt32(), random.NextUInt32(), random.NextUInt32()));
        }
    }

    [Fact]
    public void Streams_that_differ_in_one_part_of_the_name_differ()
    {
        var first = new[]
        {
            new RandomStream(1, RandomPurpose.Test), new RandomStream(2, RandomPurpose.Test),
            new RandomStream(1UL << 32, RandomPurpose.Test), new RandomStream(1, RandomPurpose.Layer),
            new RandomStream(1, RandomPurpose.Test, 1), new RandomStream(1, RandomPurpose.Test, 0, 1),
            new RandomStream(1, RandomPurpose.Test, 0, 0, 1),
        }.Select(stream => stream.NextUInt32());
        Assert.Equal(7, first.Distinct().Count());
    }

    [Fact]
    public void C_is_bounded() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomStream(1, RandomPurpose.Test, c: RandomStream.MaxC));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(1000)]
    public void Bounded_numbers_are_in_range_and_even(int n)
    {
        var random = new RandomStream(5, RandomPurpose.Test, (uint)n);
        var counts = new int[n];
        const int perValue = 1000;
        for (var i = 0; i < n * perValue; i++) counts[random.NextInt(n)]++;
        // The chi-square statistic has mean n − 1 and deviation √(2(n − 1)); six deviations are out of the question.
        var chi = counts.Sum(count => (double)(count - perValue) * (count - perValue) / perValue);
        Assert.True(chi <= n - 1 + 6 * Math.Sqrt(2 * (n - 1)), $"chi-square {chi} for n = {n}, seed 5");
    }

    [Fact]
    public void Bounded_numbers_are_not_biased_where_two_to_the_32_is_no_multiple()
    {
        // With n = 3·2^29, 2^32/n = 2.67: without rejection, a third of the values would come up 3 times for 2 of the others.
        const int n = 3 << 29;
        var random = new RandomStream(6, RandomPurpose.Test);
        var byRest = new int[3];
        const int draws = 30_000;
        for (var i = 0; i < draws; i++) byRest[random.NextInt(n) % 3]++;
        Assert.All(byRest, count => Assert.InRange(count, draws / 3 - 500, draws / 3 + 500));
    }

    [Fact]
    public void Bounded_numbers_of_no_range_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomStream(1, RandomPurpose.Test).NextInt(0));

    [Fact]
    public void Uniform_numbers_are_in_0_to_1_with_the_right_moments()
    {
        var random = new RandomStream(7, RandomPurpose.Test);
        const int draws = 100_000;
        double sum = 0, squares = 0;
        for (var i = 0; i < draws; i++)
        {
            double x = i % 2 == 0 ? random.NextFloat() : random.NextDouble();
            Assert.InRange(x, 0, 1 - double.Epsilon);
            Assert.True(x < 1);
            (sum, squares) = (sum + x, squares + x * x);
        }
        Assert.InRange(sum / draws, 0.5 - 0.006, 0.5 + 0.006);
        Assert.InRange(squares / draws, 1.0 / 3 - 0.006, 1.0 / 3 + 0.006);
    }

    [Fact]
    public void A_double_takes_two_words_high_one_first()
    {
        var words = new RandomStream(8, RandomPurpose.Test);
        var random = words;
        var bits = ((ulong)words.NextUInt32() << 32 | words.NextUInt32()) >> 11;
        Assert.Equal(Math.ScaleB(bits, -53), random.NextDouble());
    }

    [Fact]
    public void Gaussian_numbers_have_the_moments_of_the_normal_distribution()
    {
        var random = new RandomStream(9, RandomPurpose.Test);
        const int draws = 200_000;
        double m1 = 0, m2 = 0, m3 = 0, m4 = 0, lag = 0, last = 0;
        for (var i = 0; i < draws; i++)
        {
            var x = random.NextGaussian();
            (m1, m2, m3, m4, lag) = (m1 + x, m2 + x * x, m3 + x * x * x, m4 + x * x * x * x, lag + x * last);
            last = x;
        }
        Assert.InRange(m1 / draws, -0.014, 0.014);
        Assert.InRange(m2 / draws, 1 - 0.02, 1 + 0.02);
        Assert.InRange(m3 / draws, -0.06, 0.06);
        Assert.InRange(m4 / draws, 3 - 0.15, 3 + 0.15);
        Assert.InRange(lag / draws, -0.014, 0.014);
    }

    [Fact]
    public void Words_can_be_had_from_any_block_without_moving_the_stream()
    {
        var stream = new RandomStream(7, RandomPurpose.Layer, 1, 2, 3);
        var words = new uint[10];
        stream.Fill(2, words);
        for (var i = 0; i < 8; i++) stream.NextUInt32();
        foreach (var word in words) Assert.Equal(stream.NextUInt32(), word);
    }
}
