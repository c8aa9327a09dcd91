using System.CommandLine;
using Distributed.Worker.Cli;

namespace Distributed.Worker.Tests.Cli;

public sealed class CommandRunnerTests
{
    private readonly RootCommand _root = [];

    public CommandRunnerTests()
    {
        var train = new Command("train") { new Argument<string>("JOB.yaml") };
        train.Options.Add(new Option<string?>("--report") { HelpName = "FILE" });
        train.Options.Add(CliOptions.Integer("--workers", "N", "How many.", 1, 9));
        train.Options.Add(new Option<bool>("--secret") { Hidden = true });
        _root.Subcommands.Add(train);
        _root.Subcommands.Add(new Command("runs"));
    }

    [Theory]
    [InlineData("--worker", "Unrecognized command or argument '--worker'; did you mean --workers?")]
    [InlineData("--wrokers=2", "Unrecognized command or argument '--wrokers=2'; did you mean --workers?")]
    [InlineData("--elsewhere", "Unrecognized command or argument '--elsewhere'.")]
    [InlineData("--secre", "Unrecognized command or argument '--secre'.")]
    public void An_unknown_option_is_answered_with_the_nearest_one(string option, string sentence) =>
        Assert.Equal([sentence], Errors("train", "job.yaml", option));

    [Fact]
    public void A_known_option_where_none_is_taken_is_not_its_own_nearest() =>
        Assert.Equal(["Unrecognized command or argument '--report'."], Errors("train", "job.yaml", "--", "--report"));

    [Fact]
    public void An_unknown_command_is_answered_with_the_nearest_one() =>
        Assert.Contains("Unrecognized command or argument 'trian'; did you mean train?", Errors("trian"));

    [Fact]
    public void An_empty_word_is_no_value()
    {
        Assert.Equal(["--report: wanted FILE, came \"\""], Errors("train", "job.yaml", "--report", ""));
        Assert.Equal(["train: wanted JOB.yaml, came \"\""], Errors("train", ""));
        Assert.Equal(["--workers: wanted a whole number from 1 to 9, came \"\""], Errors("train", "job.yaml", "--workers", "")); // told once
        Assert.Empty(Errors("train", "job.yaml", "--report", "report.json"));
    }

    private IReadOnlyList<string> Errors(params string[] arguments) => CommandRunner.Errors(_root.Parse(arguments));
}
