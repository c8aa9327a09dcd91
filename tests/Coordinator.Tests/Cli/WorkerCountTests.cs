using Distributed.Coordinator.Cli;
using Distributed.Coordinator.Cli.Processes;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Tests.Cli;

public class WorkerCountTests
{
    [Theory]
    [InlineData("3", 3, 1, 1024, 3)]
    [InlineData("1024", 1024, 1, 1024, 1024)]
    [InlineData("2:8", 2, 2, 8, 8)]
    [InlineData("4:4", 4, 4, 4, 4)]
    [InlineData("1:2", 1, 1, 2, 2)]
    public void Reads_and_writes(string text, int first, int least, int most, int started)
    {
        var count = WorkerCount.Parse(text);
        Assert.Equal((new WorkerCount(first, least, most), started, text), (count, count.Started, count.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1025")]
    [InlineData("0:2")]
    [InlineData("1:2:3")]
    [InlineData("2:")]
    [InlineData(":2")]
    [InlineData("2:many")]
    public void Refuses_with_what_was_wanted_and_what_came(string text) =>
        Assert.Equal($"--workers: wanted a whole number from 1 to 1024, or MIN:MAX as in 2:8, came \"{text}\"",
            Assert.Throws<UserException>(() => WorkerCount.Parse(text)).Message);

    [Fact]
    public void Refuses_a_least_number_that_is_larger_than_the_most() =>
        Assert.Equal("--workers: wanted MIN:MAX with MIN no larger than MAX, as in 2:8, came \"8:2\"",
            Assert.Throws<UserException>(() => WorkerCount.Parse("8:2")).Message);

    [Theory]
    [InlineData("2", 1, true, null)]
    [InlineData("2", 1, false, "it died. Not all workers could begin")]
    [InlineData("2", 0, true, "it died. No worker is left")]
    [InlineData("2", 0, false, "it died. No worker is left")]
    [InlineData("2:4", 3, false, null)]
    [InlineData("2:4", 2, true, null)]
    [InlineData("2:4", 1, true, "it died. 2 workers are wanted at least, 1 are left")]
    public void Says_why_a_run_cannot_go_on_without_a_worker(string count, int left, bool hasBegun, string? why) =>
        Assert.Equal(why, WorkerCount.Parse(count).Failure(new LostWorker(left, "the last of them died", "it died"), hasBegun));
}
