using System.CommandLine;
using System.Globalization;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Runs;
using Distributed.Jobs;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>compare RUN RUN ...</c>: what differs between runs, and their curves in one picture.</summary>
internal static class CompareCommand
{
    public const int MaxRuns = 32;

    private const string Picture = "compare.svg";

    public static Command Create()
    {
        var command = new Command("compare", "Show what differs between runs, how they ended, and their curves in one picture.");
        var names = new Argument<string[]>("RUN") { Description = "Runs, by their folders or their names in --runs; the first is what others are compared with.", Arity = ArgumentArity.OneOrMore };
        var runs = RunsCommand.Runs();
        var to = new Option<string?>("--out") { HelpName = "FILE.svg", Description = $"Where the curves go ({Picture})." };
        var log = new Option<bool>("--log") { Description = "Draw losses on a logarithmic scale." };
        command.Arguments.Add(names);
        command.Options.Add(runs);
        command.Options.Add(to);
        command.Options.Add(log);
        command.SetAction(parsed =>
        {
            foreach (var line in Compare(parsed.GetValue(runs) ?? RunFolder.DefaultParent, parsed.GetValue(names)!, parsed.GetValue(to) ?? Picture, parsed.GetValue(log))) Console.Out.WriteLine(line);
            return ExitCode.Done;
        });
        return command;
    }

    /// <exception cref="UserException">A run is not there, or the picture cannot be written.</exception>
    internal static IReadOnlyList<string> Compare(string parent, string[] names, string picture, bool isLogarithmic)
    {
        if (names.Length is < 2 or > MaxRuns) throw new UserException($"compare: wanted 2 to {MaxRuns} runs, came {names.Length}");
        if (!picture.EndsWith(".svg", StringComparison.OrdinalIgnoreCase)) throw new UserException($"--out {picture}: wanted a name that ends with .svg");
        RunOverview[] runs = [.. names.Select(name => RunOverview.Read(RunFolder.Find(parent, name)))];
        Job[] jobs = [.. runs.Select(run => run.ReadJob())];
        try
        {
            File.WriteAllText(picture, CurveChart.Draw(Panels(runs, isLogarithmic ? CurveScale.Logarithmic : CurveScale.Linear)));
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"--out {picture} cannot be written: {wrong.Message}", wrong);
        }
        return [.. Differences(runs, jobs), "", .. Ends(runs), "", $"curves  {picture}"];
    }

    private static IReadOnlyList<string> Differences(RunOverview[] runs, Job[] jobs)
    {
        var differences = jobs.Skip(1).Select(job => JobDifferences.Between(jobs[0], job)).ToArray();
        string[] keys = [.. differences.SelectMany(one => one).Select(one => one.Path).Distinct()];
        if (keys.Length == 0) return ["the jobs are the same in all that decides the answer"];
        return RunsCommand.Table(["key", .. runs.Select(run => run.Folder.Name)], keys.Select(key =>
        {
            var here = differences.SelectMany(one => one).First(one => one.Path == key).Here;
            return (string[])[key, here, .. differences.Select(one => one.FirstOrDefault(other => other.Path == key)?.There ?? here)];
        }));
    }

    private static IReadOnlyList<string> Ends(RunOverview[] runs) =>
        RunsCommand.Table(["run", "state", "steps", "epochs", "train loss", "test loss", "test accuracy", "train time", "samples/s", "fingerprint"], runs.Select(run =>
        {
            var (report, epoch) = (run.ReadReport(), run.LastEpoch);
            return (string[])
            [
                run.Folder.Name, run.State, $"{run.Step}", epoch is null ? "0" : $"{epoch.Epoch}", RunsCommand.Number(epoch?.TrainLoss), RunsCommand.Number(epoch?.TestLoss),
                epoch?.TestAccuracy is { } share ? RunProgress.Percent(share) : "-",
                report is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{report.TrainSeconds:0.0} s"),
                report is null ? "-" : report.SamplesPerSecond.ToString("N0", CultureInfo.InvariantCulture), run.Info.ShortFingerprint,
            ];
        }));

    private static IReadOnlyList<CurvePanel> Panels(RunOverview[] runs, CurveScale ofLosses)
    {
        List<CurvePanel> panels =
        [
            new("loss of a step", "step", [.. runs.Select(run => new Curve(run.Folder.Name, [.. run.History.Steps().Where(step => step.Loss is not null).Select(step => ((double)step.Step, step.Loss!.Value))]))], ofLosses),
            Epochs("train loss of an epoch", epoch => epoch.TrainLoss, ofLosses),
            Epochs("test loss", epoch => epoch.TestLoss, ofLosses),
            Epochs("test accuracy", epoch => epoch.TestAccuracy, CurveScale.Share),
        ];
        panels.RemoveAll(panel => panel.Curves.All(curve => curve.Points.Count == 0));
        return panels;

        CurvePanel Epochs(string title, Func<EpochLine, double?> value, CurveScale scale) =>
            new(title, "epoch", [.. runs.Select(run => new Curve(run.Folder.Name, [.. run.History.Epochs().Where(epoch => value(epoch) is not null).Select(epoch => ((double)epoch.Epoch, value(epoch)!.Value))]))], scale);
    }
}
