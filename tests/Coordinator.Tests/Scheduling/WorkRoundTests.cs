using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Scheduling;

public class WorkRoundTests
{
    [Theory]
    [InlineData(8, new[] { 1.0, 1.0 }, "0-3 | 4-7")]
    [InlineData(8, new[] { 1.0, 1.0, 1.0 }, "0-1,2 | 3,4-5 | 6-7")]
    [InlineData(8, new[] { 1.0, 3.0 }, "0-1 | 2-3,4-7")]
    [InlineData(2, new[] { 1.0, 1.0, 1.0 }, "0 | 1 | ")]
    [InlineData(12, new[] { 2.0, 1.0 }, "0-7 | 8-11")]
    [InlineData(8, new[] { 10.0, 1.0 }, "0-7 | ")]
    [InlineData(1, new[] { 5.0 }, "0")]
    public void Hands_out_aligned_runs_in_proportion_to_speed(int units, double[] speeds, string expected)
    {
        var given = new WorkRound(units).Distribute([.. speeds.Select((speed, i) => new Taker(i + 1, speed))]);

        var byWorker = Enumerable.Range(1, speeds.Length)
            .Select(worker => string.Join(",", given.FirstOrDefault(entry => entry.Worker == worker).Ranges ?? []));
        Assert.Equal(expected, string.Join(" | ", byWorker));
    }

    /// <summary>A round that begins anew is told of no loss that came between two rounds.</summary>
    [Fact]
    public void A_round_that_begins_anew_knows_nobody_that_has_nothing_of_it()
    {
        var round = new WorkRound(4);
        round.Distribute([new Taker(1, 1), new Taker(2, 1)]);
        round.Begin();
        round.Distribute([new Taker(1, 1)]);

        var asked = new List<int>();
        round.Copy([new Taker(3, 1)], worker =>
        {
            asked.Add(worker);
            return true;
        });

        Assert.Equal([1], asked);
        Assert.Equal(4, round.Missing);
    }

    /// <summary>Any order of handing out, copying, finishing and losing ends with every unit done, and no unit is ever nobody's.</summary>
    [Fact]
    public void Every_unit_is_done_in_the_end_whoever_is_lost()
    {
        var (lost, copied) = (0, 0);
        for (uint seed = 0; seed < 500; seed++)
        {
            var random = new TestRandom(seed);
            var units = 1 + random.Next(40);
            var round = new WorkRound(units);
            var held = new Dictionary<int, List<ShardRange>>();
            var worker = 0;
            while (!round.IsComplete)
            {
                if (held.Count < 4 && random.Next(3) == 0) held[++worker] = [];
                if (held.Count == 0) continue;
                foreach (var (number, ranges) in round.Distribute([.. held.Keys.Order().Select(number => new Taker(number, 1.0 + random.Next(9), random.Next(3)))]))
                    held[number].AddRange(ranges);
                var late = held.Keys.Order().ElementAt(random.Next(held.Count));
                Taker[] idle = [.. held.Where(entry => entry.Value.Count == 0).Select(entry => new Taker(entry.Key, 1)).OrderBy(taker => taker.Worker)];
                foreach (var (number, ranges) in round.Copy(idle, worker => worker == late))
                {
                    Assert.True(ranges.All(range => Units(range).All(unit => held[late].Any(its => its.Contains(new ShardRange(unit, 1))))),
                        $"seed {seed}: not the late one's");
                    held[number].AddRange(ranges);
                    copied++;
                }
                var one = held.Keys.Order().ElementAt(random.Next(held.Count));
                if (random.Next(4) == 0)
                {
                    round.Lose(one);
                    held.Remove(one);
                    lost++;
                }
                else if (held[one].Count > 0)
                {
                    var range = held[one][random.Next(held[one].Count)];
                    held[one].Remove(range);
                    Assert.True(round.Complete(one, range), $"seed {seed}");
                    Assert.False(round.Complete(one, range), $"seed {seed}: done twice");
                }
            }
        }
        Assert.True(lost > 500 && copied > 100, $"{lost} lost, {copied} copied: that is too few");
    }

    private static IEnumerable<int> Units(ShardRange range) => Enumerable.Range(range.First, range.Count);
}
