using System.CommandLine;
using Distributed.Coordinator.Cli.Commands;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli;

/// <summary>All that the executable can be asked.</summary>
internal static class CommandLine
{
    public static RootCommand Create(TimeProvider time)
    {
        var root = new RootCommand(
            "Trains neural networks on any number of machines, with the same answer to the bit. Without a command: trains the spiral example.");
        root.Subcommands.Add(TrainCommand.Create(time));
        root.Subcommands.Add(CoordinatorCommand.Create(time));
        root.Subcommands.Add(WorkerCommand.Create(new Command("worker", "Join a coordinator and compute for it."), time));
        foreach (var control in ControlCommands.Create()) root.Subcommands.Add(control);
        root.Subcommands.Add(SweepCommand.Create(time));
        root.Subcommands.Add(RunsCommand.Create());
        root.Subcommands.Add(CompareCommand.Create());
        root.Subcommands.Add(DashboardCommand.Create(time));
        root.Subcommands.Add(EvaluateCommand.Create());
        root.Subcommands.Add(ExportCommand.Create());
        root.Subcommands.Add(PredictCommand.Create());
        root.Subcommands.Add(ImportCommand.Create());
        root.Subcommands.Add(InspectCommand.Create());
        root.Subcommands.Add(DescribeCommand.Create());
        root.Subcommands.Add(DiagnoseCommand.Create());
        root.Subcommands.Add(VisualizeCommand.Create());
        root.Subcommands.Add(FilterCommand.Create());
        root.Subcommands.Add(DataCommand.Create(time));
        root.Subcommands.Add(CompletionCommand.Create());
        root.SetAction((_, _) => TrainCommand.RunExample(time));
        HelpWithExamples.AddTo(root, Examples.All);
        return root;
    }
}
