using Distributed.Protocol;
using Distributed.Simulations.Checkers;

namespace Distributed.Simulations.Tests.Checkers;

public sealed class OneAnswerTests
{
    /// <summary>As where a partial sum is counted twice.</summary>
    [Fact]
    public void A_gradient_that_is_twice_what_it_is_changes_the_answer()
    {
        var found = Planted.Find(new OneAnswer(), run => run.Simulation.Filter = frame =>
        {
            if (frame.Message is TensorChunk { Header: { Kind: ChunkKind.Partial, Step: 3 } } chunk)
                foreach (ref var element in chunk.Data.Span) element *= 2;
            return frame.Message;
        });
        Assert.Contains("after 4 steps differ from those where nothing fails", found, StringComparison.Ordinal);
    }
}
