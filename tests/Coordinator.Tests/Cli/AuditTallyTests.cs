using Distributed.Coordinator.Cli;
using Distributed.Coordinator.Running;

namespace Distributed.Coordinator.Tests.Cli;

public class AuditTallyTests
{
    [Fact]
    public void A_shard_that_two_workers_disagree_on_counts_once_however_it_is_told()
    {
        var tally = new AuditTally();
        RunEvent[] events =
        [
            new RunEvent.ShardAudited(0, 3), new RunEvent.ShardAudited(1, 3), new RunEvent.ShardUnaudited(1, 4),
            new RunEvent.ShardDisputed(2, 5, [1, 2]), new RunEvent.WorkerExcluded(2, "host/2", 2, 5, 2), // it waited for a third
            new RunEvent.WorkerExcluded(1, "host/1", 2, 6, 1), // the third was there
            new RunEvent.ShardDisputed(3, 5, [3, 4]), // another step
        ];
        foreach (var happened in events) tally.On(happened);

        var report = tally.Report(0.25);
        Assert.Equal(["host/2", "host/1"], report.ExcludedWorkers);
        Assert.Equal(new AuditReport(0.25, 2, 1, 3, report.ExcludedWorkers), report);
    }
}
