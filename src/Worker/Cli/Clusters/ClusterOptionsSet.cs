using System.CommandLine;
using System.Globalization;

namespace Distributed.Worker.Cli.Clusters;

/// <summary>The options by which coordinators and workers are nodes of an Akka.NET cluster.</summary>
public sealed class ClusterOptionsSet
{
    private const int MaxSettingsBytes = 1 << 20;

    private readonly Option<string?> _host = CliOptions.Word("--host", "tcp|akka",
        "How processes find and watch each other: by connections of this program's own (tcp), or as nodes of an Akka.NET cluster (akka; a build with "
        + "-p:WithAkka=true has it); tcp where nothing is said. Changes nothing of the answer.", "tcp", "akka");

    private readonly Option<IReadOnlyList<HostPort>?> _seeds = CliOptions.Read("--seed-nodes", "HOST:PORT[,HOST:PORT]",
        "Nodes to join the cluster by, coordinators usually. A coordinator without them begins the cluster.", text => HostPort.ParseList(text, "--seed-nodes"));

    private readonly Option<IReadOnlyList<string>?> _roles = CliOptions.Read("--role", "NAME[,NAME]",
        "Roles of this node in the cluster beside its own, coordinator or worker.", ParseRoles);

    private readonly Option<string?> _settings = new("--akka-config")
    {
        HelpName = "FILE.conf",
        Description = "Settings of Akka.NET in HOCON, over those of this program.",
    };

    private readonly Option<DataPlaneChoice?> _plane = CliOptions.Read("--data-plane", "akka|tcp[:PORT]",
        "How tensors travel in the cluster: in Akka.NET's own connections (akka), or, several times faster, in ones of their own (tcp; at any free port unless one "
        + "is given); akka where nothing is said. Membership and control are Akka.NET's either way.", ParsePlane);

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_host, _seeds, _roles, _settings, _plane]) command.Options.Add(option);
    }

    public bool IsCluster(ParseResult parsed) => parsed.GetValue(_host) == "akka";

    /// <param name="listen">Where the node listens.</param>
    /// <param name="fallback">Seeds where none are given.</param>
    /// <returns>Null: no cluster is asked for.</returns>
    /// <exception cref="UserException">This build has no Akka.NET, options do not go together, or a file cannot be read.</exception>
    public ClusterRequest? Read(ParseResult parsed, HostPort listen, IReadOnlyList<HostPort> fallback)
    {
        var (seeds, roles, settings, plane) = (parsed.GetValue(_seeds), parsed.GetValue(_roles), parsed.GetValue(_settings), parsed.GetValue(_plane));
        if (!IsCluster(parsed))
        {
            foreach (var (name, isGiven) in (ReadOnlySpan<(string, bool)>)[("--seed-nodes", seeds is not null), ("--role", roles is not null),
                ("--akka-config", settings is not null), ("--data-plane", plane is not null)])
                if (isGiven) throw new UserException($"{name} is about a cluster: ask for one with --host akka");
            return null;
        }
        ClusterNodes.CheckThere();
        return new ClusterRequest(listen, seeds ?? fallback, roles ?? [], settings is null ? null : ReadSettings(settings), plane ?? DataPlaneChoice.Akka);
    }

    private static IReadOnlyList<string> ParseRoles(string text)
    {
        var roles = text.Split(',');
        return roles.FirstOrDefault(role => role.Length is 0 or > 64 || role.Any(one => !char.IsAsciiLetterOrDigit(one) && one is not ('-' or '_' or '.'))) is { } wrong
            ? throw new UserException($"--role: wanted names of letters, digits, '-', '_' and '.', 64 at most, with commas between; came \"{wrong}\"")
            : roles;
    }

    private static DataPlaneChoice ParsePlane(string text) => text switch
    {
        "akka" => DataPlaneChoice.Akka,
        "tcp" => new DataPlaneChoice(OverTcp: true, Port: 0),
        _ when text.StartsWith("tcp:", StringComparison.Ordinal) && ushort.TryParse(text.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 =>
            new DataPlaneChoice(OverTcp: true, port),
        _ => throw new UserException($"--data-plane: wanted akka, tcp, or tcp:PORT with a port from 1 to {ushort.MaxValue}, came \"{text}\""),
    };

    private static string ReadSettings(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= MaxSettingsBytes
                ? File.ReadAllText(path)
                : throw new UserException($"--akka-config {path} has {length} bytes; {MaxSettingsBytes} at most are read");
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"--akka-config {path} cannot be read: {wrong.Message}", wrong);
        }
    }
}
