using System.Text.RegularExpressions;
using Distributed.EndToEnd.Tests.Driving;
using YamlDotNet.RepresentationModel;

namespace Distributed.EndToEnd.Tests.Deploying;

/// <summary>The command lines of our executable that stand in the files under <c>deploy</c>: <c>coordinator …</c> and <c>worker …</c>.</summary>
internal static partial class CommandLines
{
    /// <summary>Option names of a subcommand, as its <c>--help</c> lists them.</summary>
    public static async Task<IReadOnlySet<string>> OptionsOfAsync(string subcommand)
    {
        using var help = await Tool.Coordinator(subcommand, "--help").ExitAsync(0);
        return HelpLine().Matches(help.Output).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>In a shell script or a systemd unit: what follows the executable, continued lines joined.</summary>
    public static IEnumerable<string[]> InText(string text) => Invocation().Matches(text.Replace("\\\n", " ", StringComparison.Ordinal))
        .Select(match => match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>In a compose file or a Kubernetes manifest: lists under <c>command</c> or <c>args</c> that begin with a subcommand.</summary>
    public static IEnumerable<string[]> InYaml(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.SelectMany(document => document.AllNodes).OfType<YamlMappingNode>()
            .SelectMany(mapping => mapping.Children)
            .Where(entry => entry.Key is YamlScalarNode { Value: "command" or "args" } && entry.Value is YamlSequenceNode)
            .Select(entry => ((YamlSequenceNode)entry.Value).Select(word => ((YamlScalarNode)word).Value!).ToArray())
            .Where(words => words[0] is "coordinator" or "worker");
    }

    [GeneratedRegex(@"^\s+(?:-\S+, )*(--[a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex HelpLine();

    [GeneratedRegex("""(?:Distributed\.Coordinator"?|"\$tool"|launch (?:\w+|"\$\w+")) ((?:coordinator|worker) [^\n&>]*)""")]
    private static partial Regex Invocation();
}
