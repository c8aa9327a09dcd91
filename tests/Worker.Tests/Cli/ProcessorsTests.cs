using Distributed.Worker.Cli;

namespace Distributed.Worker.Tests.Cli;

public sealed class ProcessorsTests
{
    [Fact]
    public void As_many_are_allowed_as_the_runtime_counts_or_more()
    {
        var allowed = Processors.Allowed();

        if (!OperatingSystem.IsLinux())
        {
            Assert.Empty(allowed);
            return;
        }
        Assert.True(allowed.Count >= Environment.ProcessorCount, $"{allowed.Count} processors, the runtime counts {Environment.ProcessorCount}"); // a quota may be less
        Assert.Equal(allowed.Order().Distinct(), allowed);
    }

    [Theory]
    [InlineData(2, "0,1", "0,1")]
    [InlineData(2, "3,7", "3,7")]
    [InlineData(4, "3,7", "3,7,3,7")]
    [InlineData(3, "0,1", null)] // one of them would have a processor for itself
    [InlineData(2, "0,1,2,3", null)] // there is room for the system to choose
    [InlineData(1, "0", null)]
    [InlineData(2, "", null)]
    public void Processes_that_fill_the_processors_are_spread_over_them(int processes, string processors, string? wanted)
    {
        var spread = Processors.Spread(processes, [.. processors.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)]);

        Assert.Equal(wanted, spread is null ? null : string.Join(',', spread));
    }

    [Fact]
    public void There_is_no_such_processor()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Processors.KeepTo(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Processors.KeepTo(Processors.Most));
    }
}
