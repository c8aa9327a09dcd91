using Distributed.Simulations.Checkers;
using Distributed.Simulations.Faults;
using Distributed.Simulations.Jobs;
using Distributed.Simulations.Running;
using Xunit.Abstractions;

namespace Distributed.Simulations.Tests.Faults;

/// <summary>A fault that is counted has happened: what it brings about is seen, and only where it was to happen.</summary>
public sealed class EffectsTests(ITestOutputHelper output)
{
    private const int Seeds = 25;

    private static readonly JobCatalog Catalog = new();

    public static TheoryData<string> Kinds => [.. FaultNames.All.Select(FaultNames.Of)];

    /// <summary>Each alone, so that nothing else can have brought it about. In about half of the runs it is off: there nothing of it is seen.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_kind_of_fault_has_its_effect_and_no_other_happens(string name)
    {
        var kind = FaultNames.Parse(name).Single();
        // A cut needs a connection that breaks.
        var asked = kind == FaultKind.CutInMessage ? FaultNames.Parse("cut-in-message,connection-lost") : new HashSet<FaultKind> { kind };
        var (counted, seen) = (0L, 0);
        for (var seed = 1ul; seed <= Seeds; seed++)
        {
            var scenario = Scenario.Draw(seed, asked);
            var journal = new Journal();
            var run = new SimulatedRun(scenario, Catalog.Of(scenario.Job), checkers: [.. AllCheckers.Create(), journal]);
            journal.Begin();
            var report = run.Run();
            var faults = string.Join(',', asked.Select(FaultNames.Of));
            var replay = $"seed {seed}: dotnet run --project tests/Simulation -- --seed {seed} --faults {faults} --transcript";
            Assert.True(report.Violations.Count == 0, $"{report.Violations.FirstOrDefault()}, {replay}");
            foreach (var other in FaultNames.All)
                if (!asked.Contains(other) && other != FaultKind.CutInMessage)
                    Assert.True(report.Faults[other] == 0, $"{FaultNames.Of(other)} too, {replay}");
            var isSeen = Effects.Of(kind, journal);
            if (!scenario.Faults.Contains(kind)) Assert.False(isSeen, $"{name} is off, and its effect is seen, {replay}");
            counted += report.Faults[kind];
            seen += isSeen ? 1 : 0;
        }
        Assert.True(counted > 0, $"no {name}");
        Assert.True(seen > 0, $"{name} is counted {counted} times, and its effect is seen in no run");
        output.WriteLine($"{name}: counted {counted} times, seen in {seen} of {Seeds} runs");
    }
}
