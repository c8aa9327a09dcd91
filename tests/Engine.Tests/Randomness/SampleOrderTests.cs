using Distributed.Engine.Randomness;

namespace Distributed.Engine.Tests.Randomness;

public class SampleOrderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void An_epoch_visits_every_sample_once(int samples)
    {
        var order = Whole(new SampleOrder(samples, 3), 4);
        Assert.Equal(Enumerable.Range(0, samples), order.Order());
    }

    [Fact]
    public void Any_piece_of_any_epoch_is_the_same_whatever_was_asked_before()
    {
        var wanted = Whole(new SampleOrder(100, 3), 5);
        var order = new SampleOrder(100, 3);
        var piece = new int[7];
        foreach (var (epoch, first) in new[] { (0, 50), (5, 0), (5, 93), (2, 1), (5, 40) })
        {
            order.Fill(epoch, first, piece);
            if (epoch == 5) Assert.Equal(wanted[first..(first + 7)], piece);
        }
    }

    [Fact]
    public void Epochs_and_seeds_have_different_orders()
    {
        Assert.NotEqual(Whole(new SampleOrder(100, 3), 0), Whole(new SampleOrder(100, 3), 1));
        Assert.NotEqual(Whole(new SampleOrder(100, 3), 0), Whole(new SampleOrder(100, 4), 0));
        Assert.NotEqual(Enumerable.Range(0, 100), Whole(new SampleOrder(100, 3), 0));
    }

    [Fact]
    public void Every_permutation_is_as_likely()
    {
        var counts = new int[6];
        var order = new SampleOrder(3, 11);
        Span<int> p = stackalloc int[3];
        const int epochs = 6000;
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            order.Fill(epoch, 0, p);
            counts[2 * p[0] + (p[1] > p[2] ? 1 : 0)]++;
        }
        Assert.All(counts, count => Assert.InRange(count, 1000 - 180, 1000 + 180));
    }

    [Fact]
    public void The_first_order_of_a_seed_never_changes() =>
        Assert.Equal(GoldenOrder, Whole(new SampleOrder(10, 42), 0));

    // Part of every run's answer: if this changes, all fingerprints change.
    private static readonly int[] GoldenOrder = [4, 1, 2, 3, 6, 9, 7, 0, 8, 5];

    [Fact]
    public void Filling_from_the_epoch_at_hand_allocates_nothing()
    {
        var order = new SampleOrder(1000, 1);
        var piece = new int[100];
        order.Fill(0, 0, piece);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var epoch = 0; epoch < 10; epoch++) order.Fill(epoch, 100, piece);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData(-1, 5)]
    [InlineData(8, 3)]
    [InlineData(11, 0)]
    public void Positions_outside_the_epoch_are_refused(int first, int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SampleOrder(10, 1).Fill(0, first, new int[count]));

    private static int[] Whole(SampleOrder order, int epoch)
    {
        var indices = new int[order.Samples];
        order.Fill(epoch, 0, indices);
        return indices;
    }
}
