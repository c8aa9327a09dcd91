using System.CommandLine;
using System.Globalization;
using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Engine.Checkpoints;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>inspect CHECKPOINT</c>: what is in it.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var command = new Command("inspect", "Show what a checkpoint holds.");
        var checkpoint = CheckpointSource.Argument();
        command.Arguments.Add(checkpoint);
        command.SetAction(parsed =>
        {
            foreach (var line in Lines(CheckpointSource.Load(parsed.GetValue(checkpoint)!))) Console.Out.WriteLine(line);
            return ExitCode.Done;
        });
        return command;
    }

    internal static IEnumerable<string> Lines(Checkpoint checkpoint)
    {
        var progress = checkpoint.Progress;
        yield return $"file              {checkpoint.Path}";
        yield return $"step              {progress.Step} (next: epoch {progress.Epoch + 1}, batch {progress.Batch + 1})";
        foreach (var change in progress.RateChanges.All)
            yield return string.Create(CultureInfo.InvariantCulture, $"learning rate     {change.Rate:R} from step {change.Step} on");
        yield return string.Create(CultureInfo.InvariantCulture, $"train time        {progress.TrainSeconds:0.000} s");
        if (progress.Epochs is [.., var last])
        {
            yield return $"train loss        {last.MeanLoss.ToString("0.000000", CultureInfo.InvariantCulture)}";
            if (last.TestLoss is { } loss) yield return $"test loss         {loss.ToString("0.000000", CultureInfo.InvariantCulture)}";
            if (last.TestAccuracy is { } accuracy) yield return $"test accuracy     {RunProgress.Percent(accuracy)}";
        }
        yield return $"fingerprint       {checkpoint.WeightsFingerprint}";
        yield return $"job fingerprint   {checkpoint.JobFingerprint}";
        yield return $"data fingerprint  {checkpoint.DataFingerprint}";
        yield return $"parameters        {checkpoint.Parameters.Count}";
        foreach (var slice in checkpoint.Parameters.Slices) yield return $"  {slice.Name} {slice.Shape}";
        foreach (var state in checkpoint.State.Names) yield return $"  optimizer.{state} for each of them";
        yield return "";
        yield return checkpoint.JobText.TrimEnd();
    }
}
