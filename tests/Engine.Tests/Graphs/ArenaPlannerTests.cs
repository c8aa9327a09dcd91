using Distributed.Engine.Graphs;

namespace Distributed.Engine.Tests.Graphs;

public class ArenaPlannerTests
{
    /// <summary>Seeded renting and returning: no two buffers in use at once share an element, all are aligned and inside.</summary>
    [Fact]
    public void Buffers_in_use_never_overlap()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var arena = new ArenaPlanner(16);
            var used = new List<Placement>();
            var reused = 0;
            for (var i = 0; i < 200; i++)
            {
                if (used.Count > 0 && random.Next(2) == 0)
                {
                    var index = random.Next(used.Count);
                    arena.Return(used[index]);
                    used.RemoveAt(index);
                    continue;
                }
                var before = arena.Elements;
                var placement = arena.Rent(random.Next(1, 100));
                if (arena.Elements == before) reused++;
                Assert.Equal(0, placement.Offset % 16);
                Assert.True(placement.Offset + placement.Elements <= arena.Elements, $"seed {seed}");
                Assert.All(used, other => Assert.True(
                    placement.Offset + placement.Elements <= other.Offset || other.Offset + other.Elements <= placement.Offset,
                    $"seed {seed}: {placement} overlaps {other}"));
                used.Add(placement);
            }
            Assert.True(reused > 10, $"seed {seed}: only {reused} buffers were used again");
        }
    }

    [Fact]
    public void A_pass_that_needs_too_much_memory_is_refused()
    {
        var arena = new ArenaPlanner(16);
        arena.Keep(int.MaxValue / 2);
        Assert.Contains("smaller batches", Assert.Throws<ArgumentException>(() => arena.Keep(int.MaxValue / 2)).Message);
    }
}
