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
            foreach (var line in Lines(parsed.GetValue(runs)!)) Console.Out.WriteLine(line);
            return ExitCode.Done;
        });
        return command;
    }

    public static Option<string> Runs() => new("--runs")
    {
        HelpName = "DIR",
        Description = $"Where the runs are kept ({RunFolder.DefaultParent}; {RunFolder.ParentVariable} in the environment).",
        DefaultValueFactory = _ => RunFolder.DefaultParent,
    };

    internal static IReadOnlyList<string> Lines(string parent)
    {
        var found = RunFolder.All(parent);
        if (found.Count == 0) return [$"no runs in {parent}"];
        return Table(["run", "state", "started", "step", "epoch", "train loss", "test accuracy", "fingerprint"], found.Select(folder =>
        {
            var run = RunOverview.Read(folder);
            var epoch = run.LastEpoch;
            return (string[])
            [
                folder.Name, run.State, run.Info.Started.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), $"{run.Step}", epoch is null ? "-" : $"{epoch.Epoch}",
                Number(epoch?.TrainLoss), epoch?.TestAccuracy is { } share ? RunProgress.Percent(share) : "-", run.Info.Fingerprint?[..12] ?? "-",
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
