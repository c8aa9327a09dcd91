using System.Net;
using Distributed.Actors;
using Distributed.Actors.Sharing;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Cli.Processes;
using Distributed.Coordinator.Runs;
using Distributed.Engine.Data;
using Distributed.Protocol;
using Distributed.Worker;
using Distributed.Worker.Cli;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator.Cli.Clusters;

/// <summary>The coordinator in this process, the workers in others: started here, or from elsewhere.</summary>
internal sealed class TcpCluster : ICluster
{
    private readonly TcpHost _host;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private WorkerProcesses? _processes;
    private LentFile? _data;

    private TcpCluster(TcpHost host, TimeProvider time, ILogger log) => (_host, _time, _log) = (host, time, log);

    public IActorHost Host => _host;

    public IVectorMemory Memory => _host.Memory;

    public string Name => _host.Name;

    public (long Sent, long Received) Bytes => (_host.BytesSent, _host.BytesReceived);

    public long WorkersPeakMemoryBytes => _processes?.PeakMemoryBytes ?? 0;

    /// <param name="lost">Told of each local worker that ended for good before the run.</param>
    /// <exception cref="HostException">The port cannot be listened on, or local workers cannot be started.</exception>
    public static async Task<TcpCluster> OpenAsync(TrainRequest request, Action<LostWorker> lost, Notes notes, TimeProvider time,
        ILoggerFactory logs, RunLogs? kept = null)
    {
        var listen = await request.Listen.ResolveAsync("--listen").ConfigureAwait(false);
        // Workers of this run's own get a secret of its own, so that no other user of this machine can join.
        var (own, text) = SharedSecret.Draw();
        var security = request.Place == WorkerPlace.Elsewhere ? request.Security : new Security(own, Tls: null);
        var options = new TcpHostOptions { Logs = logs, Time = time, SharesMemory = request.SharesMemory };
        var cluster = new TcpCluster(new TcpHost(security.AddTo(options)), time, logs.CreateLogger("Distributed.Coordinator"));
        try
        {
            await cluster._host.ListenAsync(listen).ConfigureAwait(false);
            var address = cluster._host.BoundEndPoint!;
            if (request.Place == WorkerPlace.Elsewhere)
            {
                notes.Add((request.StandbyFor.Count > 0
                    ? $"listening on {address} as a standby; workers are started with: "
                    : $"listening on {address}; {RunProgress.Count(request.Workers.First, "worker")} wanted, each started with: ")
                    + WorkerHint(request, address));
            }
            else
            {
                cluster._data = request is { SharesMemory: true, WorkerProgram: null } ? cluster.MemoryForData() : null;
                string[] arguments =
                [
                    "--coordinator", address.ToString(), WorkerCommand.ChildOption,
                    .. cluster._data is { } data ? [WorkerCommand.LentDataOption, data.Place] : Array.Empty<string>(),
                    .. kept is { Least: var least } ? ["--log-level", least.ToString().ToLowerInvariant()] : request.Verbose ? ["--verbose"] : Array.Empty<string>(),
                ];
                cluster._processes = new WorkerProcesses(request.Workers.Started, request.Restarts,
                    request.WorkerProgram ?? (() => DotnetHost.Start("Distributed.Worker")), arguments, text, notes, kept, lost, time);
                cluster._log.LogDebug("{Count} worker processes are started", request.Workers.Started);
            }
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The command that starts a worker elsewhere: with every coordinator that may lead the run, as far as this one knows them.</summary>
    internal static string WorkerHint(TrainRequest request, IPEndPoint bound)
    {
        var isAnywhere = bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any);
        var here = isAnywhere ? $"HOST:{bound.Port}" : bound.ToString();
        return $"Distributed.Coordinator worker --coordinator {string.Join(",", [.. request.StandbyFor.Select(place => place.ToString()), here])}"
            + (request.Security.Secret is null ? "" : " --secret-file FILE")
            + (request.Security.Tls is null ? "" : " --tls-cert FILE --tls-key FILE --tls-ca FILE");
    }

    /// <summary>The coordinator of another process.</summary>
    public ActorRef CoordinatorAt(HostPort place) => _host.Remote(place.ToEndPoint(), TrainSession.ActorName);

    public DataPair Lend(DataPair data, byte[] job) => _data is { } file ? LentData.Lend(file, data, job, _log) : data;

    public void Begin(ActorRef coordinator, LoadedJob job)
    {
        // Workers are in other processes and ask by themselves.
    }

    public async Task EndAsync()
    {
        if (_processes is not null) await _processes.EndAsync(_time).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_processes is not null) await _processes.DisposeAsync().ConfigureAwait(false);
        await _host.DisposeAsync().ConfigureAwait(false);
        _data?.Dispose();
    }

    private LentFile? MemoryForData()
    {
        if (!LentFile.IsPossible) return null;
        try
        {
            return LentFile.Create("data");
        }
        catch (IOException none)
        {
            _log.LogWarning("worker processes read the data themselves: {Reason}", none.Message);
            return null;
        }
    }
}
