using System.CommandLine;
using System.Globalization;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Engine;
using Distributed.Engine.Inspection;
using Distributed.Engine.Training;
using Distributed.Jobs;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>describe JOB.yaml</c>: the model layer by layer.</summary>
internal static class DescribeCommand
{
    public static Command Create()
    {
        var command = new Command("describe", "Show a job's model: output size, receptive field and parameters of every layer.");
        var job = new Argument<string>("JOB.yaml") { Description = "The job file." };
        var sample = new Option<string?>("--sample-shape")
        {
            HelpName = "C,H,W",
            Description = "Shape of one sample, to describe the model without its data: 1,28,28.",
        };
        var set = RunOptionsSet.Set();
        command.Arguments.Add(job);
        command.Options.Add(sample);
        command.Options.Add(set);
        command.SetAction(parsed =>
        {
            foreach (var line in Lines(parsed.GetValue(job)!, parsed.GetValue(set)!, parsed.GetValue(sample))) Console.Out.WriteLine(line);
            return ExitCode.Done;
        });
        return command;
    }

    /// <exception cref="JobException">The job is wrong.</exception>
    internal static IEnumerable<string> Lines(string path, string[] overrides, string? sampleShape)
    {
        var job = JobFile.ReadResolved(path, overrides);
        if (sampleShape is { } text) return Lines(Summary(job, Parse(text)));
        return Lines(job, job.Prepare(new PrepareOptions { BaseFolder = Environment.CurrentDirectory }));
    }

    /// <summary>The model, the data and the batches.</summary>
    internal static IReadOnlyList<string> Lines(Job job, TrainingSetup setup)
    {
        var (batches, shards) = (setup.Layout.BatchesPerEpoch, setup.Shards);
        return
        [
            .. Lines(Summary(job, setup.Train.SampleShape)),
            "",
            Invariant($"data        {setup.Train.Count} samples of {setup.Train.SampleShape}, {setup.Train.Target}; ")
                + (setup.Test is { } test ? Invariant($"{test.Count} to test on") : "none to test on"),
            Invariant($"batch       {setup.Layout.Batch} samples in {RunProgress.Count(shards, "virtual shard")}; {RunProgress.Count(batches, "step")} an epoch, {setup.TotalSteps} in all"),
        ];
    }

    private static ModelSummary Summary(Job job, Shape sample)
    {
        try
        {
            return ModelSummary.Of(job.Model, sample);
        }
        catch (ShapeException wrong)
        {
            throw new UserException(wrong.Message, wrong);
        }
    }

    internal static IEnumerable<string> Lines(ModelSummary summary)
    {
        string[][] rows =
        [
            ["layer", "output", "receptive field", "parameters"],
            ["input", $"{summary.Input}", "1 x 1", ""],
            .. summary.Layers.Select(layer => (string[])
            [
                new string(' ', 2 * layer.Depth) + layer.Name, $"{layer.Output}", $"{layer.Reach}",
                Count(layer.Trained) + (layer.Statistics > 0 ? $" + {Count(layer.Statistics)}" : ""),
            ]),
        ];
        // Only images have receptive fields to speak of.
        int[] shown = summary.Input.Rank == 3 ? [0, 1, 2, 3] : [0, 1, 3];
        var widths = shown.Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            yield return string.Join("  ", shown.Select((column, i) => column == 3 ? row[3].PadLeft(widths[i]) : row[column].PadRight(widths[i]))).TrimEnd();
        yield return "";
        yield return $"parameters  {Count(summary.Trained)} trained ({Displays.Summary.Bytes(4L * summary.Trained)})"
            + (summary.Statistics > 0 ? $", {Count(summary.Statistics)} running statistics" : "");
    }

    private static Shape Parse(string text)
    {
        var extents = text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var extent) ? extent : 0).ToArray();
        return extents.All(extent => extent is > 0 and <= JobLimits.MaxFeatures) && extents.Length <= Shape.MaxRank - 1
            ? new Shape(extents)
            : throw new UserException($"--sample-shape: wanted whole numbers from 1 with commas between, as in 1,28,28; came \"{text}\"");
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
