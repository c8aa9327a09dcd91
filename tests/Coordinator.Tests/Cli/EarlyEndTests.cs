using Distributed.Coordinator.Cli;

namespace Distributed.Coordinator.Tests.Cli;

public class EarlyEndTests
{
    [Fact]
    public void Workers_that_are_gone_fail_a_run_and_not_one_that_was_asked_to_stop()
    {
        var (failed, stopped) = (new EarlyEnd(), new EarlyEnd());
        stopped.Stop("interrupted by the user");
        foreach (var end in (EarlyEnd[])[failed, stopped])
        {
            end.WithoutWorkers("No worker is left");
            end.WithoutWorkers("another is gone");
        }
        Assert.Equal("No worker is left", failed.Failure);
        Assert.Null(stopped.Failure);
        stopped.Fail("the disk is full");
        Assert.Equal("the disk is full", stopped.Failure);
    }
}
