using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Distributed.Worker.Cli;

/// <summary>What <c>--help</c> prints: the description, arguments and options of a command, and how it is used.</summary>
/// <param name="examples">What stands behind a command's name, by that name.</param>
public sealed class HelpWithExamples(HelpAction help, IReadOnlyDictionary<string, string> examples) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    /// <summary>To all commands of <paramref name="root"/>.</summary>
    public static void AddTo(RootCommand root, IReadOnlyDictionary<string, string> examples)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new HelpWithExamples((HelpAction)option.Action!, examples);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        if (!examples.TryGetValue(parseResult.CommandResult.Command.Name, out var example)) return code;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Example:");
        output.WriteLine($"  {CommandRunner.Path(parseResult.CommandResult)} {example}");
        output.WriteLine();
        return code;
    }
}
