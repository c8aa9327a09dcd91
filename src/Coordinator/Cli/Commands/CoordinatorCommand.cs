using System.CommandLine;
using Distributed.Worker.Cli;
using Distributed.Worker.Cli.Clusters;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>coordinator JOB.yaml --listen HOST:PORT --workers N</c>: leads a run whose workers come from elsewhere.</summary>
internal static class CoordinatorCommand
{
    public static Command Create(TimeProvider time)
    {
        var command = new Command("coordinator", "Lead a run: wait for workers to join, then train.");
        var run = new RunOptionsSet("1");
        run.AddTo(command);
        var listen = CliOptions.Read("--listen", "HOST:PORT",
            "Where workers connect. The port 0 is any free one. Only what stands here is listened on. An address that other "
            + "machines can reach is wanted with --secret-file, with certificates or with both.", text => HostPort.Parse(text, "--listen", 0));
        listen.Required = true;
        var standby = CliOptions.Read("--standby", "HOST:PORT[,HOST:PORT]",
            "Do not lead yet: stand by for the coordinator there, which writes to the same --checkpoints, and go on from its "
            + "last checkpoint when it is lost. With several standbys, name the other ones too.", text => HostPort.ParseList(text, "--standby"));
        var after = CliOptions.Integer("--takeover-after", "SECONDS",
            $"How long nobody may have led before this standby does ({CoordinatorLimits.TakeoverAfter.TotalSeconds:0}).", 1, 24 * 3600);
        foreach (var option in (Option[])[listen, standby, after]) command.Options.Add(option);
        var security = new SecurityOptionsSet();
        var clusters = new ClusterOptionsSet();
        clusters.AddTo(command);
        security.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var request = run.Read(parsed, WorkerPlace.Elsewhere, 1, parsed.GetValue(listen)!, 0)
                with
            {
                Security = security.Read(parsed),
                Cluster = clusters.Read(parsed, parsed.GetValue(listen)!, parsed.GetValue(standby) ?? []),
            };
            return new TrainSession(WithStandby(request, parsed.GetValue(standby), parsed.GetValue(after)), time).RunAsync();
        });
        return command;
    }

    /// <exception cref="UserException">Options that do not go together.</exception>
    private static TrainRequest WithStandby(TrainRequest request, IReadOnlyList<HostPort>? standby, int? after)
    {
        if (standby is null)
            return after is null ? request : throw new UserException("--takeover-after is for a standby: say for whom with --standby HOST:PORT");
        if (request.CheckpointFolder is null)
            throw new UserException("--standby goes on from the checkpoints of another coordinator: say where they are with --checkpoints DIR");
        if (request.Resume) throw new UserException("--standby goes on from the latest checkpoint by itself: leave --resume out");
        return request with
        {
            StandbyFor = standby,
            TakeoverAfter = after is { } seconds ? TimeSpan.FromSeconds(seconds) : CoordinatorLimits.TakeoverAfter,
        };
    }
}
