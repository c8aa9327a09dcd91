using Distributed.Engine.Training;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Engine.Tests.Training;

public class BatchLayoutTests
{
    private static readonly Arbitrary<BatchLayout> Layouts = Arb.From(
        from samples in Gen.Choose(1, 3000)
        from batch in Gen.Choose(1, 700)
        from shards in Gen.Elements(1, 2, 4, 8, 64, 512)
        select new BatchLayout(samples, batch, shards));

    [Fact]
    public void Batches_hold_every_sample_of_an_epoch_once() => Prop.ForAll(Layouts, layout =>
    {
        var next = 0;
        for (var batch = 0; batch < layout.BatchesPerEpoch; batch++)
        {
            if (layout.FirstSample(batch) != next || layout.SamplesIn(batch) < 1) return false;
            next += layout.SamplesIn(batch);
        }
        return next == layout.Samples;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Shards_hold_every_sample_of_a_batch_once_and_differ_by_one_at_most() => Prop.ForAll(Layouts, layout =>
    {
        for (var batch = 0; batch < layout.BatchesPerEpoch; batch++)
        {
            var sizes = Enumerable.Range(0, layout.Shards)
                .Select(shard => layout.ShardOffset(batch, shard + 1) - layout.ShardOffset(batch, shard)).ToArray();
            if (layout.ShardOffset(batch, 0) != 0 || sizes.Sum() != layout.SamplesIn(batch) || sizes.Max() - sizes.Min() > 1) return false;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_run_of_shards_holds_more_than_the_stated_most() => Prop.ForAll(Layouts, layout =>
    {
        for (var count = 1; count <= layout.Shards; count *= 2)
            for (var first = 0; first + count <= layout.Shards; first += count)
                if (layout.ShardOffset(0, first + count) - layout.ShardOffset(0, first) > layout.MaxSamples(count)) return false;
        return true;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(1, 1, 3)]
    [InlineData(1, 1, 8192)]
    public void Refuses_what_is_no_layout(int samples, int batch, int shards) =>
        Assert.ThrowsAny<ArgumentOutOfRangeException>(() => new BatchLayout(samples, batch, shards));
}
