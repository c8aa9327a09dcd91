using System.CommandLine;
using System.Globalization;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Runs;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>runs</c>: the runs that are kept, a row for each.</summary>
internal static class RunsCommand
{
    public static Command Create()
    {
        var command = new Command("runs", "List the runs that are kept, the latest last.");
        var runs = Runs();
        command.Options.Add(runs);
        command.SetAction(parsed =>
        {
            var given = parsed.GetValue(runs);
            if (given is not null && !Path.Exists(given)) throw new UserException($"--runs {given}: there is no such folder");
            var problems = new List<string>();
            foreach (var line in Lines(given ?? RunFolder.DefaultParent, problems)) Console.Out.WriteLine(line);
            foreach (var problem in problems) Console.Error.WriteLine(problem);
            return problems.Count == 0 ? ExitCode.Done : ExitCode.WrongInput;
        });
        return command;
    }

    public static Option<string?> Runs() => new("--runs")
    {
        HelpName = "DIR",
        Description = $"Where the runs are kept ({RunFolder.DefaultParent}; {RunFolder.ParentVariable} in the environment).",
    };

    /// <param name="problems">Takes a sentence for each run that cannot be read; the others are listed.</param>
    internal static IReadOnlyList<string> Lines(string parent, List<string> problems)
    {
        List<RunOverview> found = [];
        foreach (var folder in RunFolder.All(parent))
        {
            try
            {
                found.Add(RunOverview.Read(folder));
            }
            catch (UserException wrong)
            {
                problems.Add(wrong.Message);
            }
        }
        if (found.Count == 0) return problems.Count > 0 ? [] : [$"no runs in {parent}"];
        return Table(["run", "state", "started", "step", "epoch", "train loss", "test accuracy", "fingerprint"], found.Select(run =>
        {
            var epoch = run.LastEpoch;
            return (string[])
            [
                run.Folder.Name, run.State, run.Info.Started.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), $"{run.Step}", epoch is null ? "-" : $"{epoch.Epoch}",
                Number(epoch?.TrainLoss), epoch?.TestAccuracy is { } share ? RunProgress.Percent(share) : "-", run.Info.ShortFingerprint,
            ];
        }));
    }

    /// <summary>Columns as wide as their widest cell.</summary>
    public static IReadOnlyList<string> Table(string[] head, IEnumerable<string[]> rows)
    {
        string[][] all = [head, .. rows];
        var widths = head.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        return [.. all.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd())];
    }

    public static string Number(double? value) => value is { } number ? RunProgress.Number(number) : "-";
}
