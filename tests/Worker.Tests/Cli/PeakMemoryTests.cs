using Distributed.Worker.Cli;

namespace Distributed.Worker.Tests.Cli;

public sealed class PeakMemoryTests
{
    [Fact]
    public void Reads_the_high_water_mark_in_kilobytes() =>
        Assert.Equal(51_200, PeakMemory.FromStatus(["Name:\tdotnet", "VmPeak:\t  999 kB", "VmHWM:\t      50 kB", "VmRSS:\t      40 kB"]));

    [Fact]
    public void A_process_that_has_ended_tells_none() => Assert.Equal(0, PeakMemory.FromStatus(["Name:\tdotnet", "State:\tZ (zombie)"]));

    [Fact]
    public void This_process_takes_more_than_a_megabyte() => Assert.True(PeakMemory.OfThisProcess() > 1_000_000);
}
