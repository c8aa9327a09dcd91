using System.CommandLine;
using Distributed.Simulations.Faults;
using Distributed.Simulations.Jobs;
using Distributed.Simulations.Running;
using Distributed.Worker.Cli;

namespace Distributed.Simulations.Cli;

/// <summary>The command line: many seeds and a table, or one seed and its transcript.</summary>
internal static class SimulationCommand
{
    /// <summary>Seeds that are told of in full.</summary>
    private const int ToldInFull = 20;

    public static RootCommand Create()
    {
        var seeds = new Option<int>("--seeds") { Description = "How many seeds to run, from --first on.", DefaultValueFactory = _ => 1000 };
        var first = new Option<long>("--first") { Description = "The first seed.", DefaultValueFactory = _ => 1 };
        var seed = new Option<long?>("--seed") { Description = "Run this one seed." };
        var transcript = new Option<bool>("--transcript") { Description = "With --seed: print all that happens, message by message." };
        var faults = new Option<string>("--faults")
        {
            Description = $"Faults that may happen, with commas between; all, none, or of: {string.Join(", ", FaultNames.All.Select(FaultNames.Of))}.",
            DefaultValueFactory = _ => "all",
        };
        var threads = new Option<int>("--threads")
        {
            Description = "Simulations at a time.",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var stopAfter = new Option<int>("--stop-after") { Description = "End after so many seeds with a violation.", DefaultValueFactory = _ => 10 };
        var root = new RootCommand("Runs the coordinator and its workers on simulated nodes that fail, and checks what must always hold.")
        {
            seeds, first, seed, transcript, faults, threads, stopAfter,
        };
        root.SetAction(parsed =>
        {
            IReadOnlySet<FaultKind> kinds;
            try
            {
                kinds = FaultNames.Parse(parsed.GetValue(faults)!);
            }
            catch (FormatException wrong)
            {
                throw new UserException($"--faults: {wrong.Message}");
            }
            AtLeastOne("--seeds", parsed.GetValue(seeds));
            AtLeastOne("--threads", parsed.GetValue(threads));
            AtLeastOne("--stop-after", parsed.GetValue(stopAfter));
            AtLeastOne("--first", parsed.GetValue(first));
            if (parsed.GetValue(seed) is { } one)
            {
                AtLeastOne("--seed", one);
                return RunOne((ulong)one, kinds, parsed.GetValue(transcript));
            }
            if (parsed.GetValue(transcript)) throw new UserException("--transcript is of one seed: give it with --seed N");
            return RunMany((ulong)parsed.GetValue(first), (ulong)parsed.GetValue(seeds), kinds, parsed.GetValue(faults)!,
                parsed.GetValue(threads), parsed.GetValue(stopAfter));
        });
        return root;
    }

    private static int RunOne(ulong seed, IReadOnlySet<FaultKind> kinds, bool transcript)
    {
        var scenario = Scenario.Draw(seed, kinds);
        var report = new SimulatedRun(scenario, new JobCatalog().Of(scenario.Job), transcript ? Console.Out.WriteLine : null).Run();
        if (!transcript) Console.Out.WriteLine(scenario);
        foreach (var violation in report.Violations) Console.Out.WriteLine(Sentence(violation));
        Console.Out.WriteLine($"{report.Steps} steps in {report.Time.TotalSeconds:0.0} virtual seconds, {report.Faults.Total} faults, "
            + $"{report.Violations.Count} violations");
        return report.Violations.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static int RunMany(ulong first, ulong count, IReadOnlySet<FaultKind> kinds, string list, int threads, int stopAfter)
    {
        var batch = new Batch(kinds, threads, stopAfter);
        batch.Run(first, count, report =>
        {
            if (batch.Totals.Broken > ToldInFull) return;
            Console.Error.WriteLine($"seed {report.Scenario.Seed}: {Sentence(report.Violations[0])}");
            Console.Error.WriteLine($"  dotnet run --project tests/Simulation -- --seed {report.Scenario.Seed}{(list == "all" ? "" : $" --faults {list}")} --transcript");
        });
        batch.Totals.Write(Console.Out, batch.Real);
        return batch.Totals.Broken == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static string Sentence(Violation violation) => $"\"{violation.Property}\" does not hold: {violation.Sentence}";

    private static void AtLeastOne(string option, long number)
    {
        if (number < 1) throw new UserException($"{option} is a whole number, at least 1, not {number}");
    }
}
