using System.CommandLine;
using System.Globalization;
using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Engine.Training;
using Distributed.Jobs;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>evaluate CHECKPOINT</c>: accuracy and mean loss on the test set of the job that the checkpoint carries.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var command = new Command("evaluate", "Measure a checkpoint on its job's test set.");
        var checkpoint = CheckpointSource.Argument();
        var set = RunOptionsSet.Set();
        command.Arguments.Add(checkpoint);
        command.Options.Add(set);
        command.SetAction(parsed => Run(parsed.GetValue(checkpoint)!, parsed.GetValue(set)!));
        return command;
    }

    private static int Run(string path, string[] overrides)
    {
        var checkpoint = CheckpointSource.Load(path);
        var job = JobReader.Read(checkpoint.JobText, $"the job in {checkpoint.Path}", overrides).GetOrThrow();
        var setup = job.Prepare(new PrepareOptions { BaseFolder = Environment.CurrentDirectory });
        var weights = checkpoint.Fit(setup.Model.Parameters, setup.Optimizer).Weights;
        if (setup.Test is not { } test) throw new UserException($"the job in {checkpoint.Path} has no test set");
        if (Convert.ToHexStringLower(setup.DataFingerprint()) != checkpoint.DataFingerprint)
            Console.Error.WriteLine("The data is not what the checkpoint was trained with: its fingerprint differs.");
        var computer = new ShardComputer(setup, 1);
        var blocks = new LossSum[EvaluationBlocks.Count(test.Count)];
        for (var block = 0; block < blocks.Length; block++)
        {
            var (first, count) = EvaluationBlocks.Range(block, test.Count);
            blocks[block] = computer.Evaluate(weights, first, count);
        }
        var sum = EvaluationBlocks.Add(blocks);
        Console.Out.WriteLine($"step           {checkpoint.Progress.Step}");
        if (Decisions.Accuracy(setup.Model.Target, sum) is { } accuracy)
        {
            var decisions = (long)sum.Samples * Decisions.PerSample(setup.Model.Target);
            Console.Out.WriteLine($"test accuracy  {RunProgress.Percent(accuracy)} ({sum.Correct} of {decisions})");
        }
        Console.Out.WriteLine($"test loss      {(sum.Loss / sum.Samples).ToString("0.000000", CultureInfo.InvariantCulture)}");
        Console.Out.WriteLine($"fingerprint    {checkpoint.WeightsFingerprint}");
        return ExitCode.Done;
    }
}
