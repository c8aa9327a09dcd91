using System.CommandLine;
using Distributed.Coordinator.Dashboards;
using Distributed.Coordinator.Runs;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>dashboard RUN</c>: the page of a run that is kept.</summary>
internal static class DashboardCommand
{
    public static Command Create(TimeProvider time)
    {
        var command = new Command("dashboard", "Show a run that is kept as a page, until Ctrl-C.");
        var name = new Argument<string>("RUN") { Description = "A run's folder, or its name in --runs." };
        var runs = RunsCommand.Runs();
        var place = CliOptions.Read("--dashboard", "HOST:PORT", "Where the page is served (127.0.0.1, any free port). An address that other machines can reach is wanted with a secret.",
            text => HostPort.Parse(text, "--dashboard", 0));
        command.Arguments.Add(name);
        command.Options.Add(runs);
        command.Options.Add(place);
        var security = new SecurityOptionsSet();
        security.AddTo(command);
        command.SetAction((parsed, _) => ShowAsync(RunFolder.Find(parsed.GetValue(runs) ?? RunFolder.DefaultParent, parsed.GetValue(name)!), parsed.GetValue(place) ?? new HostPort("127.0.0.1", 0),
            security.Read(parsed), time));
        return command;
    }

    private static async Task<int> ShowAsync(RunFolder folder, HostPort place, Security security, TimeProvider time)
    {
        var run = new KeptRun(folder);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var signals = new StopSignals(_ => stopped.TrySetResult());
        using var logs = LineLog.Factory(false, Console.Error.WriteLine, "dashboard");
        await using var server = await DashboardServer.StartAsync(place, security, run, logs, time).ConfigureAwait(false);
        if (run.Problem is { } problem) await Console.Error.WriteLineAsync($"no pictures: {problem}").ConfigureAwait(false);
        await Console.Out.WriteLineAsync($"dashboard: {server.Address}").ConfigureAwait(false);
        await stopped.Task.ConfigureAwait(false);
        return ExitCode.Done;
    }
}
