using System.Globalization;
using System.Runtime.InteropServices;
using Distributed.Actors;
using Distributed.Protocol;
using Distributed.Worker.Cli.Clusters;
using Distributed.Worker.Shipping;
using Distributed.Worker.Telemetry;
using Microsoft.Extensions.Logging;

namespace Distributed.Worker.Cli;

/// <summary>A worker's process, from the first attempt to connect to its end.</summary>
internal static class WorkerSession
{
    private const string ActorName = "worker", CoordinatorName = "coordinator";

    public static async Task<int> RunAsync(WorkerRequest request, TimeProvider time)
    {
        if (request.DataFolder is { } folder && !Directory.Exists(folder)) throw new UserException($"--data: there is no folder {folder}");
        using var telemetry = TelemetryExport.FromEnvironment("distributed-worker");
        var interrupted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = OnSignal(PosixSignal.SIGINT, request.IsChild ? () => { } : () => interrupted.TrySetResult());
        using var terminate = request.IsChild ? null : OnSignal(PosixSignal.SIGTERM, () => interrupted.TrySetResult());
        if (request.IsChild) ParentPipe.Watch();

        var end = await WorkAsync(request, interrupted.Task, time).ConfigureAwait(false);
        if (request.IsChild)
            Console.Out.WriteLine(PeakMemory.Prefix + PeakMemory.OfThisProcess().ToString(CultureInfo.InvariantCulture));
        switch (end.Outcome)
        {
            case WorkerOutcome.Finished:
                if (!request.IsChild)
                    Console.Out.WriteLine(interrupted.Task.IsCompleted ? end.Reason : $"the run is over: {end.Reason}");
                return ExitCode.Done;
            case WorkerOutcome.Refused or WorkerOutcome.WrongInput:
                throw new UserException(end.Reason);
            default:
                Console.Error.WriteLine(end.Reason);
                return ExitCode.Failed;
        }
    }

    private static async Task<WorkerEnd> WorkAsync(WorkerRequest request, Task interrupted, TimeProvider time)
    {
        using var logs = LineLog.Factory(request.LogLevel, Console.Error.WriteLine);
        var log = logs.CreateLogger("Distributed.Worker");
        log.LogDebug("vectors of {Bits} bits", VectorWidth.Bits);
        if (request.Cluster is { } cluster) return await WorkInAsync(cluster, request, interrupted, logs, time).ConfigureAwait(false);
        var hostOptions = new TcpHostOptions { Logs = logs, Time = time, SharesMemory = request.SharesMemory };
        await using var host = new TcpHost(request.Security.AddTo(hostOptions));
        using var bytes = ByteInstruments.Of(() => (host.BytesSent, host.BytesReceived));
        var ended = new TaskCompletionSource<WorkerEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        var links = request.Coordinators.Select(place => host.Connect(place.ToEndPoint())).ToArray();
        var places = string.Join(" or ", request.Coordinators);
        var connected = Task.WhenAny(links.Select(link => link.WhenConnected));
        var refused = Task.WhenAll(links.Select(link => link.WhenRefused)); // by one of them only: another may lead

        // Nothing is asked for before there is somebody to ask.
        using var given = new CancellationTokenSource();
        var patience = Task.Delay(request.Patience, time, given.Token);
        var first = await Task.WhenAny(connected, refused, interrupted, patience).ConfigureAwait(false);
        await given.CancelAsync().ConfigureAwait(false);
        if (first == patience)
            return new WorkerEnd(WorkerOutcome.NoCoordinator,
                $"no coordinator answers at {places}; looked for {request.Patience.TotalSeconds:0} s");

        if (first == connected)
        {
            var started = time.GetTimestamp();
            ActorRef[] coordinators = [.. links.Select(link => host.Remote(link.EndPoint, CoordinatorName))];
            var options = new WorkerOptions(coordinators, host.Name, (ulong)Environment.ProcessId,
                request.Patience, () => time.GetElapsedTime(started), end => ended.TrySetResult(end))
            {
                Memory = host.Memory,
                OnWelcome = (leader, number) =>
                {
                    if (request.IsChild) return;
                    var joined = Array.FindIndex(links, link => link.IsHeardFrom(leader));
                    Console.Out.WriteLine($"joined {(joined < 0 ? leader.Path : request.Coordinators[joined])} as worker {number}");
                },
            };
            var loader = request.Loader ?? new JobLoader(request.DataFolder, Environment.CurrentDirectory,
                request.LentData is { } place ? key => LentData.Borrow(place, key, log) : null, new FileSampleCache());
            var destination = new WorkerDestination(new ChunkPool());
            host.RegisterDestination(ActorName, destination);
            var worker = host.Spawn(ActorName, () => new WorkerActor(options, loader, destination));
            var stopped = host.WhenStopped(worker);
            first = await Task.WhenAny(ended.Task, stopped, refused, interrupted).ConfigureAwait(false);
            if (first == stopped && !ended.Task.IsCompleted && await stopped.ConfigureAwait(false) is { } fault) return Fault(fault);
        }
        if (first == refused)
        {
            var reasons = await refused.ConfigureAwait(false);
            return new WorkerEnd(WorkerOutcome.Refused, reasons is [var only] ? only : string.Join("; ", reasons.Select(reason => reason.TrimEnd('.'))));
        }
        return first == interrupted ? AskedToStop : await ended.Task.ConfigureAwait(false);
    }

    private static WorkerEnd AskedToStop => new(WorkerOutcome.Finished, "this worker was asked to stop; the others go on");

    private static WorkerEnd Fault(Exception fault) =>
        new(WorkerOutcome.Failed, fault is HostException lost ? lost.Message : $"the worker failed: {fault.GetType().Name}: {fault.Message}");

    /// <summary>A worker as a node of a cluster, which it leaves at the end.</summary>
    private static async Task<WorkerEnd> WorkInAsync(ClusterRequest cluster, WorkerRequest request, Task interrupted, ILoggerFactory logs, TimeProvider time)
    {
        var destination = new WorkerDestination(new ChunkPool());
        await using var node = ClusterNodes.Start(cluster, ActorName, request.Security, destination, request.SharesMemory, logs, time);
        using var given = new CancellationTokenSource();
        var joined = node.JoinAsync(request.Patience, given.Token);
        if (await Task.WhenAny(joined, interrupted).ConfigureAwait(false) == interrupted)
        {
            await given.CancelAsync().ConfigureAwait(false);
            return AskedToStop;
        }
        try
        {
            await joined.ConfigureAwait(false);
        }
        catch (HostException nobody)
        {
            return new WorkerEnd(WorkerOutcome.NoCoordinator, nobody.Message);
        }
        var ended = new TaskCompletionSource<WorkerEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = time.GetTimestamp();
        var options = new WorkerOptions([node.Coordinator()], node.Name, (ulong)Environment.ProcessId,
            request.Patience, () => time.GetElapsedTime(started), end => ended.TrySetResult(end))
        {
            Memory = node.Memory,
            OnWelcome = (leader, number) => Console.Out.WriteLine($"joined {leader.Path} as worker {number}"),
        };
        var worker = node.Host.Spawn(ActorName, () => new WorkerActor(options, request.Loader ?? new JobLoader(request.DataFolder, Environment.CurrentDirectory, null, new FileSampleCache()), destination));
        var stopped = node.Host.WhenStopped(worker);
        var first = await Task.WhenAny(ended.Task, stopped, interrupted).ConfigureAwait(false);
        if (first == interrupted) return AskedToStop;
        if (first == stopped && !ended.Task.IsCompleted && await stopped.ConfigureAwait(false) is { } fault) return Fault(fault);
        return await ended.Task.ConfigureAwait(false);
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, Action act) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        act();
    });
}
