using Distributed.Protocol;
using Distributed.Simulations.Checkers;

namespace Distributed.Simulations.Tests.Checkers;

public sealed class EndsInTimeTests
{
    [Fact]
    public void An_answer_that_never_comes_keeps_the_run_from_its_end()
    {
        var found = Planted.Find(new EndsInTime(), run => run.Simulation.Filter = frame =>
            frame.Message is PartialDone { Step: 3 } ? null : frame.Message);
        Assert.Contains("the run is at step 3 of 24", found, StringComparison.Ordinal);
    }
}
