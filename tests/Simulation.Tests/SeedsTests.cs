using Distributed.Simulations.Cli;
using Distributed.Simulations.Faults;
using Distributed.Simulations.Jobs;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Tests;

public sealed class SeedsTests
{
    private const int Seeds = 200;

    [Fact]
    public void Whatever_fails_everything_holds_and_every_kind_of_fault_has_happened()
    {
        var batch = new Batch(FaultNames.Parse("all"), Environment.ProcessorCount, stopAfter: 3);
        var broken = new List<string>();
        batch.Run(1, Seeds, report => broken.Add($"{report.Violations[0]}: dotnet run --project tests/Simulation -- --seed {report.Scenario.Seed} --transcript"));
        Assert.Empty(broken);
        foreach (var kind in FaultNames.All) Assert.True(batch.Totals.Faults[kind] > 0, $"no {FaultNames.Of(kind)} in {Seeds} seeds");
        Assert.True(batch.Totals.Shipped > 10 * Seeds, $"{batch.Totals.Shipped} samples were shipped");
        Assert.True(batch.Totals.Coordinators > Seeds + Seeds / 2, $"{batch.Totals.Coordinators} coordinators led");
    }

    [Fact]
    public void The_same_seed_gives_the_same_transcript_and_another_seed_another()
    {
        Assert.Equal(Transcript(3), Transcript(3));
        Assert.NotEqual(Transcript(3), Transcript(4));

        static string[] Transcript(ulong seed)
        {
            var lines = new List<string>();
            var scenario = Scenario.Draw(seed, FaultNames.Parse("all"));
            new SimulatedRun(scenario, new JobCatalog().Of(scenario.Job), lines.Add).Run();
            Assert.True(lines.Count > 50, $"{lines.Count} lines");
            return [.. lines];
        }
    }

    [Fact]
    public void A_fault_that_is_none_is_met_with_a_sentence() =>
        Assert.Contains("there is no fault \"fire\"", Assert.Throws<FormatException>(() => FaultNames.Parse("delay,fire")).Message);
}
