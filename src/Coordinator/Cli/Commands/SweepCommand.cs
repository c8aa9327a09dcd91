using System.CommandLine;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Cli.Processes;
using Distributed.Coordinator.Runs;
using Distributed.Coordinator.Sweeps;
using Distributed.Jobs;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>sweep JOB.yaml --grid KEY=A,B ...</c>: a run for each combination of values, and which was best.</summary>
internal static class SweepCommand
{
    private static readonly HostPort Loopback = new("127.0.0.1", 0);

    public static Command Create(TimeProvider time)
    {
        var command = new Command("sweep", "Train a job with other values again and again, and tell which were best.");
        var run = new RunOptionsSet("one for each core", isOfMany: true);
        run.AddTo(command);
        var grid = new Option<string[]>("--grid")
        {
            HelpName = "KEY=VALUES",
            Description = "Values of a key of the job with commas between, as in optimizer.sgd.rate=0.1,0.01; with --random also a range, as in optimizer.sgd.rate=0.001..0.1, "
                + "drawn evenly on a logarithmic scale where both ends are positive. Given several times, every combination is tried.",
            DefaultValueFactory = _ => [],
        };
        var random = CliOptions.Integer("--random", "N", "Draw N combinations instead of trying all.", 1, Sweep.MaxRuns);
        var seed = CliOptions.Integer("--draw-seed", "SEED", "Of the draws (1).", 0, int.MaxValue);
        var parallel = CliOptions.Integer("--parallel", "K", "Runs side by side (1).", 1, 64);
        var processes = new Option<bool>("--processes") { Description = "Give each run worker processes of its own; without it workers are actors of this process." };
        foreach (var option in (Option[])[grid, random, seed, parallel, processes]) command.Options.Add(option);
        command.SetAction((parsed, _) =>
        {
            var place = parsed.GetValue(processes) ? WorkerPlace.LocalProcesses : WorkerPlace.InProcess;
            run.CheckOfMany(parsed);
            var request = run.Read(parsed, place, Environment.ProcessorCount, Loopback, ProcessLimits.Restarts);
            var sweep = Sweep.Of(parsed.GetValue(grid)!, parsed.GetValue(random), parsed.GetValue(seed) ?? 1);
            return RunAsync(request with { Dashboard = null, IsQuiet = true }, request.Runs!, sweep, parsed.GetValue(parallel) ?? 1, time);
        });
        return command;
    }

    private static async Task<int> RunAsync(TrainRequest request, RunsRequest runs, Sweep sweep, int parallel, TimeProvider time)
    {
        var job = JobFile.ReadResolved(request.JobPath, request.Overrides);
        foreach (var values in sweep.Combinations) Check(request, values); // a wrong one is told before the first run
        var stem = runs.Name ?? $"{job.Name}-sweep-{time.GetLocalNow():yyyyMMdd-HHmmss}";
        string[] names = [.. Enumerable.Range(1, sweep.Combinations.Count).Select(number => $"{stem}-{number:D3}")];
        foreach (var name in names) RunFolder.CheckFree(runs.Parent, name);
        var tried = new SweepRun[sweep.Combinations.Count];
        using var stop = new CancellationTokenSource();
        using var signals = new StopSignals(_ => stop.Cancel());
        await Parallel.ForAsync(0, tried.Length, new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (i, _) =>
        {
            if (stop.IsCancellationRequested) return;
            var (name, values) = (names[i], sweep.Combinations[i]);
            Console.Out.WriteLine($"{name}: begins ({i + 1} of {tried.Length}) with {string.Join(", ", values)}");
            tried[i] = await TryAsync(request, runs, name, values, time, stop.Token).ConfigureAwait(false);
            Console.Out.WriteLine(Ended(tried[i]));
        }).ConfigureAwait(false);
        var done = tried.Where(run => run is not null).ToArray();
        foreach (var line in Lines(sweep, done)) Console.Out.WriteLine(line);
        if (done.Length < tried.Length) Console.Out.WriteLine($"stopped: {RunProgress.Count(tried.Length - done.Length, "combination")} not tried");
        return done.Any(run => run.State == "done") ? ExitCode.Done : ExitCode.Failed;
    }

    /// <exception cref="UserException">The job cannot have these values.</exception>
    private static void Check(TrainRequest request, IReadOnlyList<string> values)
    {
        try
        {
            JobFile.ReadResolved(request.JobPath, [.. request.Overrides, .. values]);
        }
        catch (JobException wrong)
        {
            throw new UserException(values.Aggregate(wrong.Message, (text, value) => text.Replace($"--set {value},", $"--grid {value},", StringComparison.Ordinal)), wrong);
        }
    }

    private static async Task<SweepRun> TryAsync(TrainRequest request, RunsRequest runs, string name, IReadOnlyList<string> values, TimeProvider time, CancellationToken stop)
    {
        var session = new TrainSession(request with { Overrides = [.. request.Overrides, .. values], Runs = runs with { Name = name } }, time);
        await session.RunAsync(stop).ConfigureAwait(false);
        var run = RunOverview.Read(RunFolder.Find(runs.Parent, name));
        return new SweepRun(name, values, run.State, run.Info.Reason, run.LastEpoch);
    }

    internal static string Ended(SweepRun run)
    {
        var numbers = new List<string>();
        if (run.Last?.TrainLoss is { } train) numbers.Add($"train loss {RunProgress.Number(train)}");
        if (run.Last?.TestLoss is { } test) numbers.Add($"test loss {RunProgress.Number(test)}");
        if (run.Last?.TestAccuracy is { } share) numbers.Add($"test accuracy {RunProgress.Percent(share)}");
        return string.Join(", ", [$"{run.Name}: {run.State}", .. numbers]) + (run.State == "failed" ? $": {run.Reason}" : "");
    }

    internal static IEnumerable<string> Lines(Sweep sweep, IReadOnlyList<SweepRun> runs)
    {
        yield return "";
        var ranked = SweepRun.Rank(runs);
        foreach (var line in RunsCommand.Table(["run", .. sweep.Keys, "state", "train loss", "test loss", "test accuracy"], ranked.Select(run => (string[])
        [
            run.Name, .. run.Values.Select(value => value[(value.IndexOf('=', StringComparison.Ordinal) + 1)..]), run.State, RunsCommand.Number(run.Last?.TrainLoss),
            RunsCommand.Number(run.Last?.TestLoss), run.Last?.TestAccuracy is { } share ? RunProgress.Percent(share) : "-",
        ])))
            yield return line;
        if (ranked is not [{ State: "done" } best, ..]) yield break;
        var (done, all) = (runs.Count(run => run.State == "done"), sweep.Combinations.Count);
        yield return $"\nbest{(done < all ? $" of those that are done ({done} of {all})" : "")}: {best.Name} with {string.Join(", ", best.Values)}";
    }
}
