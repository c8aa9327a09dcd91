using System.CommandLine;
using Distributed.Worker.Cli.Clusters;
using Microsoft.Extensions.Logging;

namespace Distributed.Worker.Cli;

/// <summary>What a worker is asked with, as the worker's executable and as <c>worker</c> of the coordinator's.</summary>
public static class WorkerCommand
{
    /// <summary>Seconds of patience at most: a year.</summary>
    private const int MaxPatience = 366 * 24 * 3600;

    /// <summary>Adds options and action to <paramref name="command"/>.</summary>
    /// <param name="loader">Makes of the coordinator's job what is computed; null: jobs are YAML.</param>
    public static Command Create(Command command, TimeProvider time, IJobLoader? loader = null)
    {
        var coordinator = CliOptions.Read("--coordinator", "HOST:PORT[,HOST:PORT]",
            "Where the coordinator listens, and where those that stand by for it do: the one that leads is followed.",
            text => HostPort.ParseList(text, "--coordinator"));
        var listen = CliOptions.Read("--listen", "HOST:PORT",
            "In a cluster: where this node listens, and what the others know it by. The port 0 is any free one (127.0.0.1:0).", text => HostPort.Parse(text, "--listen", 0));
        var data = new Option<string?>("--data")
        {
            HelpName = "FOLDER",
            Description = "Where this machine keeps the data, in place of the folder that the job names.",
        };
        var patience = CliOptions.Integer("--patience", "SECONDS",
            $"How long to look for a coordinator ({WorkerLimits.JoinPatience.TotalSeconds:0}).", 1, MaxPatience);
        var security = new SecurityOptionsSet();
        var clusters = new ClusterOptionsSet();
        var child = new Option<bool>(ChildOption) { Hidden = true };
        var lentData = new Option<string?>(LentDataOption) { Hidden = true };
        var noSharedMemory = CliOptions.NoSharedMemory();
        var verbose = CliOptions.Verbose();
        var level = CliOptions.LogLevel("What is logged, to standard error, of this level and worse (warning)");
        foreach (var option in (Option[])[coordinator, listen, data, patience, noSharedMemory, child, lentData, verbose, level]) command.Options.Add(option);
        clusters.AddTo(command);
        security.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var cluster = clusters.Read(parsed, parsed.GetValue(listen) ?? new HostPort("127.0.0.1", 0), []);
            var places = parsed.GetValue(coordinator);
            if (cluster is null && places is null) throw new UserException("--coordinator HOST:PORT is wanted: where the coordinator listens");
            if (cluster is null && parsed.GetValue(listen) is not null) throw new UserException("--listen is about a cluster: a worker of --host tcp only dials");
            if (cluster is not null && places is not null) throw new UserException("--coordinator is not for --host akka: nodes find it by --seed-nodes HOST:PORT");
            if (cluster is { Seeds: [] }) throw new UserException("--seed-nodes HOST:PORT is wanted: where a node of the cluster listens");
            return WorkerSession.RunAsync(new WorkerRequest(
                places ?? [], parsed.GetValue(data),
                parsed.GetValue(patience) is { } seconds ? TimeSpan.FromSeconds(seconds) : WorkerLimits.JoinPatience,
                parsed.GetValue(child),
                parsed.GetValue(level) is { } word ? CliOptions.LevelOf(word) : parsed.GetValue(verbose) ? LogLevel.Debug : LogLevel.Warning)
            {
                Security = security.Read(parsed),
                SharesMemory = !parsed.GetValue(noSharedMemory),
                LentData = parsed.GetValue(lentData),
                Cluster = cluster,
                Loader = loader,
            }, time);
        });
        return command;
    }

    /// <summary>For workers that a run starts on its own machine: they end when their standard input closes, leave Ctrl-C to the
    /// run, and write their peak memory at the end.</summary>
    public const string ChildOption = "--child";

    /// <summary>The place of the <see cref="LentData"/> of the run that has started the worker.</summary>
    public const string LentDataOption = "--lent-data";
}

/// <summary>What the user asks of a worker.</summary>
internal sealed record WorkerRequest(IReadOnlyList<HostPort> Coordinators, string? DataFolder, TimeSpan Patience, bool IsChild, LogLevel LogLevel)
{
    public Security Security { get; init; } = Security.None;

    /// <summary>Whether chunks of processes on this machine are read where they lie.</summary>
    public bool SharesMemory { get; init; } = true;

    /// <summary>The cluster to be a node of; null: the coordinator is dialled.</summary>
    public ClusterRequest? Cluster { get; init; }

    /// <summary>Makes of the coordinator's job what is computed; null: jobs are YAML.</summary>
    public IJobLoader? Loader { get; init; }

    /// <summary>Where the data of a run on this machine lies in memory; null: nowhere.</summary>
    public string? LentData { get; init; }
}
