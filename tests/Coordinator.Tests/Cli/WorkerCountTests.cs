using Distributed.Coordinator.Cli;
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
}
