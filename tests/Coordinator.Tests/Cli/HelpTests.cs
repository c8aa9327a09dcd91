using System.CommandLine;
using System.CommandLine.Help;
using Distributed.Coordinator.Cli;

namespace Distributed.Coordinator.Tests.Cli;

/// <summary>What <c>--help</c> says of each command.</summary>
public sealed class HelpTests
{
    private static readonly RootCommand Root = CommandLine.Create(TimeProvider.System);

    public static TheoryData<string> Commands => [.. All(Root).Select(Line)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void All_that_a_command_takes_is_described(string line)
    {
        var command = Find(line);
        Assert.EndsWith(".", command.Description!.Replace("bash).", ".", StringComparison.Ordinal), StringComparison.Ordinal);
        foreach (var option in Shown(command))
        {
            Assert.True(option.Description is [.., '.'], $"{option.Name}: {option.Description}");
            Assert.True(option.ValueType == typeof(bool) || option.HelpName is not null, $"{option.Name} takes what?");
            Assert.False(option.HasDefaultValue && option.ValueType != typeof(string[]) && option.ValueType != typeof(bool), $"{option.Name}: its description names the default");
        }
        Assert.All(command.Arguments, argument => Assert.EndsWith(".", argument.Description!, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_example_of_a_command_is_one_that_it_takes(string line)
    {
        var command = Find(line);
        if (command.Subcommands.Count > 0 || (command.Arguments.Count == 0 && Shown(command).Length == 0)) return; // its name is all that there is
        using var printed = new StringWriter();
        Assert.Equal(0, Root.Parse($"{line} --help").Invoke(new InvocationConfiguration { Output = printed }));
        var example = Assert.Single(printed.ToString().Split('\n'), text => text.StartsWith($"  {Root.Name} {line} {Examples.All[command.Name]}", StringComparison.Ordinal));
        Assert.Empty(Root.Parse(example.Trim()[(Root.Name.Length + 1)..]).Errors);
    }

    [Fact]
    public void No_example_is_of_a_command_that_there_is_not() =>
        Assert.Empty(Examples.All.Keys.Except(All(Root).Select(command => command.Name)));

    [Fact]
    public void A_sweep_does_not_offer_what_is_about_one_run()
    {
        string[] offered = [.. Shown(Find("sweep")).Select(option => option.Name)];
        Assert.Empty(offered.Intersect(["--report", "--checkpoints", "--resume", "--resume-if-any", "--no-run-folder", "--control", "--dashboard", "--no-dashboard"]));
        Assert.Contains("--grid", offered);
        Assert.Contains("--workers", offered);
    }

    private static Option[] Shown(Command command) => [.. command.Options.Where(option => !option.Hidden && option is not HelpOption)];

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(one => All(one).Prepend(one));

    /// <summary>As it is typed: <c>data get</c>.</summary>
    private static string Line(Command command) => command.Parents.OfType<Command>().Single() is var parent && parent == Root ? command.Name : $"{Line(parent)} {command.Name}";

    private static Command Find(string line) => line.Split(' ').Aggregate((Command)Root, (command, name) => command.Subcommands.Single(one => one.Name == name));
}
