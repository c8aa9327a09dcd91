using System.CommandLine;
using System.Text.Json;
using Distributed.Engine.Inspection;
using Distributed.Engine.Training;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>diagnose REPORT</c>: what the curves of a run say about its settings.</summary>
internal static class DiagnoseCommand
{
    /// <summary>Bytes of the largest report that is read: a million epochs are some 80 MB.</summary>
    private const long MaxReportBytes = 256 << 20;

    public static Command Create()
    {
        var command = new Command("diagnose", "Say what the curves of a run tell about learning rate, batch, overfitting and capacity.");
        var report = new Argument<string>("REPORT") { Description = "The JSON that train --report wrote, or report.json in a run's folder." };
        command.Arguments.Add(report);
        command.SetAction(parsed =>
        {
            foreach (var line in Lines(Read(parsed.GetValue(report)!))) Console.Out.WriteLine(line);
            return ExitCode.Done;
        });
        return command;
    }

    internal static IEnumerable<string> Lines(RunReport report)
    {
        if (report.Result == "failed") yield return $"The run failed: {report.Reason}";
        foreach (var found in Diagnosis.Of(Epochs(report))) yield return found.Sentence;
    }

    private static EpochResult[] Epochs(RunReport report)
    {
        var epochs = report.LossHistory.Select((loss, i) => new EpochResult(i, loss ?? double.NaN, At(report.TrainAccuracyHistory, i),
            At(report.TestLossHistory, i), At(report.TestAccuracyHistory, i)));
        return [.. epochs];

        static double? At(IReadOnlyList<double?>? history, int epoch) => history is not null && epoch < history.Count ? history[epoch] : null;
    }

    /// <exception cref="UserException">The file is missing, too large or no report.</exception>
    private static RunReport Read(string path)
    {
        if (Directory.Exists(path)) throw new UserException($"{path} is a folder; the JSON of train --report is wanted, or report.json in a run's folder");
        if (!File.Exists(path)) throw new UserException($"there is no report {path}");
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaxReportBytes)
                throw new UserException($"{path}: a report has at most {MaxReportBytes} bytes, this file has {file.Length}");
            var report = JsonSerializer.Deserialize(file, RunReportJson.Default.RunReport);
            return report is { LossHistory: not null, Result: not null } ? report
                : throw new UserException($"{path}: a report of train --report is wanted; this JSON has no loss_history or no result");
        }
        catch (JsonException wrong)
        {
            throw new UserException($"{path}: a report of train --report is wanted; this is no such JSON", wrong);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be read: {wrong.Message}", wrong);
        }
    }
}
