using Distributed.Engine.Training;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Engine.Tests.Training;

/// <summary>Properties over random ranges and layouts; FsCheck prints the seed and shrinks what fails.</summary>
public class ShardRangeTests
{
    private static readonly Arbitrary<ShardRange> Ranges = Arb.From(
        from first in Gen.Choose(0, 5000)
        from count in Gen.Choose(0, 5000)
        select new ShardRange(first, count));

    [Fact]
    public void A_range_is_cut_into_aligned_runs_that_cover_it_in_order() => Prop.ForAll(Ranges, range =>
    {
        var next = range.First;
        foreach (var run in range.Aligned())
        {
            if (!run.IsAligned || run.First != next || !range.Contains(run)) return false;
            next = run.End;
        }
        return next == range.End;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_runs_are_the_fewest_there_are() => Prop.ForAll(Ranges, range =>
    {
        var runs = range.Aligned().ToArray();
        var joinable = runs.Zip(runs.Skip(1)).Any(pair =>
            pair.First.Count == pair.Second.Count && pair.First.Sibling == pair.Second && pair.First.Parent.First == pair.First.First);
        return !joinable && runs.Length <= 2 * int.Max(1, int.Log2(int.Max(1, range.Count)) + 1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Parent_and_sibling_are_those_of_the_tree() => Prop.ForAll(Ranges, range => range.Aligned().All(run =>
    {
        var (parent, sibling) = (run.Parent, run.Sibling);
        return parent.IsAligned && sibling.IsAligned && parent.Contains(run) && parent.Contains(sibling) && sibling.Sibling == run
            && sibling.Parent == parent && sibling != run && parent.Count == 2 * run.Count;
    })).QuickCheckThrowOnFailure();
}
