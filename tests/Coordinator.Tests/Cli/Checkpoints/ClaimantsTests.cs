using System.Diagnostics;
using Distributed.Actors;
using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Engine.Checkpoints;

namespace Distributed.Coordinator.Tests.Cli.Checkpoints;

public class ClaimantsTests
{
    private static readonly string Host = new TcpHostOptions().Name.Split('/')[0];

    [Fact]
    public void Nobody_leads_where_nobody_has_claimed() => Assert.False(Claimants.IsRunning(TermClaim.None));

    [Theory]
    [InlineData("another-machine/1")]
    [InlineData("somebody")]
    public void Of_another_machine_it_cannot_be_told(string claimant) => Assert.Null(Claimants.IsRunning(new TermClaim(1, claimant)));

    /// <summary>A container's first process has the same number and, often, the same host as the one before it.</summary>
    [Fact]
    public void This_process_is_not_another_one() => Assert.False(Claimants.IsRunning(Claim(Environment.ProcessId)));

    [Fact]
    public void A_process_that_has_ended_leads_nothing()
    {
        using var ended = Process.Start(new ProcessStartInfo("dotnet", ["--version"]) { RedirectStandardOutput = true })!;
        ended.WaitForExit();
        Assert.False(Claimants.IsRunning(Claim(ended.Id)));
    }

    private static TermClaim Claim(int id) => new(3, $"{Host}/{id}");
}
