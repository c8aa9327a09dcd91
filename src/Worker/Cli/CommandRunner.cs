using System.CommandLine;
using System.CommandLine.Parsing;
using Distributed.Actors;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Data;
using Distributed.Jobs;

namespace Distributed.Worker.Cli;

/// <summary>Parses a command line, performs it, and turns its outcome into an exit code.</summary>
public static class CommandRunner
{
    public static async Task<int> RunAsync(RootCommand root, string[] arguments)
    {
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors.Select(error => error.Message).Distinct()) Console.Error.WriteLine(error);
            Console.Error.WriteLine($"See {Path(parsed.CommandResult)} --help.");
            return ExitCode.WrongInput;
        }
        try
        {
            // Signals and exceptions are dealt with here and by the commands, each in one place.
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            }).ConfigureAwait(false);
        }
        catch (Exception wrong) when (wrong is UserException or JobException or DataException or CheckpointException or HostException)
        {
            Console.Error.WriteLine(wrong.Message);
            return ExitCode.WrongInput;
        }
        catch (Exception fault)
        {
            Console.Error.WriteLine($"A fault of this program: {fault}");
            return ExitCode.Failed;
        }
    }

    /// <summary>The command that was asked for, as it is typed: <c>Distributed.Coordinator train</c>.</summary>
    private static string Path(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : result.Command.Name;
}
