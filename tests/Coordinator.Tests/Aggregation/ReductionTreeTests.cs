using Distributed.Coordinator.Aggregation;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Aggregation;

public class ReductionTreeTests
{
    /// <summary>Sums as texts: the root shows every addition and its order.</summary>
    private static string Sum(int first, int count) =>
        count == 1 ? $"{first}" : $"({Sum(first, count / 2)}+{Sum(first + count / 2, count / 2)})";

    [Theory]
    [InlineData(1, "0")]
    [InlineData(2, "last(0, 1)")]
    [InlineData(4, "last(add(0, 1), add(2, 3))")]
    public void The_sum_that_becomes_the_root_may_be_another(int shards, string root)
    {
        var tree = new ReductionTree<string>(shards, (left, right) => $"add({left}, {right})", _ => { }, (left, right) => $"last({left}, {right})");

        foreach (var shard in Enumerable.Range(0, shards).Reverse()) tree.Add(new ShardRange(shard, 1), $"{shard}");

        Assert.Equal(root, tree.Root);
    }

    [Fact]
    public void Adds_left_and_right_in_the_fixed_tree_whatever_the_order()
    {
        var tree = new ReductionTree<string>(4, (left, right) => $"({left}+{right})", _ => Assert.Fail("nothing is to be dropped"));

        foreach (var shard in new[] { 2, 1, 3, 0 }) tree.Add(new ShardRange(shard, 1), $"{shard}");

        Assert.Equal("((0+1)+(2+3))", tree.Root);
    }

    [Fact]
    public void A_second_copy_is_dropped_and_a_larger_run_replaces_its_parts()
    {
        var dropped = new List<string>();
        var tree = new ReductionTree<string>(8, (left, right) => $"({left}+{right})", dropped.Add);

        Assert.Equal(AddResult.Added, tree.Add(new(0, 2), Sum(0, 2)));
        Assert.Equal(AddResult.Duplicate, tree.Add(new(0, 2), "copy"));
        Assert.Equal(AddResult.Duplicate, tree.Add(new(1, 1), "part"));
        Assert.Equal(AddResult.Added, tree.Add(new(0, 4), Sum(0, 4)));
        Assert.Equal(["copy", "part", Sum(0, 2)], dropped);
        Assert.Equal(AddResult.Complete, tree.Add(new(4, 4), Sum(4, 4)));
        Assert.Equal(AddResult.Duplicate, tree.Add(new(4, 1), "late"));
        Assert.Equal(Sum(0, 8), tree.Root);
    }

    /// <summary>Random cuts of the shards into aligned runs, in random order, with random copies and overlaps: one root, and every partial is
    /// either in it or dropped.</summary>
    [Fact]
    public void Any_mix_of_runs_copies_and_orders_gives_the_same_root()
    {
        var (duplicates, replacements) = (0, 0);
        for (uint seed = 0; seed < 2000; seed++)
        {
            var random = new TestRandom(seed);
            var shards = 1 << random.Next(6);
            var dropped = 0;
            var tree = new ReductionTree<string>(shards, (left, right) => $"({left}+{right})", _ => dropped++);
            while (!tree.IsComplete)
            {
                var count = 1 << random.Next(int.Log2(shards) + 1);
                var range = new ShardRange(random.Next(shards / count) * count, count);
                var before = dropped;
                var result = tree.Add(range, Sum(range.First, range.Count));
                if (result == AddResult.Duplicate) duplicates++;
                else if (dropped > before) replacements++;
            }
            Assert.True(tree.Root == Sum(0, shards), $"seed {seed}: {tree.Root}");
        }
        Assert.True(duplicates > 100 && replacements > 100, $"{duplicates} copies, {replacements} replaced");
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(0, 3)]
    [InlineData(8, 1)]
    [InlineData(0, 16)]
    public void Refuses_what_is_no_node(int first, int count) =>
        Assert.Throws<ArgumentException>(() => new ReductionTree<int>(8, (a, b) => a + b, _ => { }).Add(new(first, count), 0));
}
