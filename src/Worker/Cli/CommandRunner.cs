using System.CommandLine;
using System.CommandLine.Parsing;
using Distributed.Actors;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Data;
using Distributed.Jobs;
using Distributed.Jobs.Reading;

namespace Distributed.Worker.Cli;

/// <summary>Parses a command line, performs it, and turns its outcome into an exit code.</summary>
public static class CommandRunner
{
    /// <summary>A word that begins with @ is what it says, as any other: no file of more words.</summary>
    private static readonly ParserConfiguration AsTyped = new() { ResponseFileTokenReplacer = null };

    public static async Task<int> RunAsync(RootCommand root, string[] arguments)
    {
        var parsed = root.Parse(arguments, AsTyped);
        var errors = Errors(parsed);
        if (errors.Count > 0)
        {
            foreach (var error in errors) Console.Error.WriteLine(error);
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

    /// <summary>All that is wrong with a command line, a sentence each.</summary>
    internal static IReadOnlyList<string> Errors(ParseResult parsed) =>
        [.. parsed.Errors.Select(error => Sentence(error.Message, parsed)).Concat(parsed.Errors.Count > 0 ? [] : Empty(parsed)).Distinct()];

    /// <summary>An unknown word is answered with the nearest known one.</summary>
    private static string Sentence(string message, ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.FirstOrDefault(word => message == $"Unrecognized command or argument '{word}'.") is not { Length: > 2 } unknown) return message;
        var command = parsed.CommandResult.Command;
        var (dashes, known) = unknown.StartsWith("--", StringComparison.Ordinal)
            ? ("--", command.Options.Where(option => !option.Hidden).Select(option => option.Name.TrimStart('-')))
            : ("", command.Subcommands.Select(one => one.Name));
        var (word, names) = (unknown[dashes.Length..].Split('=')[0], known.ToList());
        var near = names.Contains(word) ? [] : Nearest.Of(word, names); // behind -- a known one is unknown too
        return near.Count is > 0 and <= 3 ? $"{message[..^1]}; did you mean {string.Join(" or ", near.Select(name => dashes + name))}?" : message;
    }

    /// <summary>An empty word, as of a variable that is not set in a script, is never what was meant.</summary>
    private static IEnumerable<string> Empty(ParseResult parsed)
    {
        foreach (var child in parsed.CommandResult.Children.Where(child => child.Tokens.Any(token => token.Value.Length == 0)))
            if (child is OptionResult { Option: var option }) yield return $"{option.Name}: wanted {option.HelpName}, came \"\"";
            else if (child is ArgumentResult { Argument: var argument }) yield return $"{parsed.CommandResult.Command.Name}: wanted {argument.HelpName ?? argument.Name}, came \"\"";
    }

    /// <summary>The command that was asked for, as it is typed: <c>Distributed.Coordinator train</c>.</summary>
    internal static string Path(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : result.Command.Name;
}
