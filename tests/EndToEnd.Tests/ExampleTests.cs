using System.Globalization;
using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

public sealed class ExampleTests
{
    [Fact]
    public async Task Without_arguments_it_learns_the_spiral_on_two_worker_processes()
    {
        using var run = Tool.Coordinator();

        await run.ExitAsync(0);

        var accuracy = (await run.LineAsync(@"^test accuracy\s+([\d.]+) %$")).Groups[1].Value;
        Assert.True(double.Parse(accuracy, CultureInfo.InvariantCulture) >= 98, run.Output);
        Assert.Equal(2, run.Matches(@"^worker \d+ \(.*\) joined").Count);
        Assert.Equal("", run.Errors);
        Assert.Equal(64, run.Fingerprint.Length);
    }
}
