using System.Diagnostics;
using System.Text;
using Distributed.Actors;
using Distributed.Coordinator.Cli.Processes;
using Distributed.Protocol;
using Distributed.Worker;
using Distributed.Worker.Cli;

namespace Distributed.Exchange;

/// <summary>A process of this program with one <see cref="ExchangeWorker"/>.</summary>
internal static class WorkerProcess
{
    private const string ActorName = "worker", CoordinatorName = "coordinator";

    /// <summary>Starts one; it ends with the run, or with this process, whose pipe is its standard input.</summary>
    public static Process Start(string address, int elements, string secret)
    {
        var start = DotnetHost.Start(typeof(WorkerProcess).Assembly.GetName().Name!);
        foreach (var argument in (string[])["--worker", address, "--floats", $"{elements}"]) start.ArgumentList.Add(argument);
        start.RedirectStandardInput = true;
        start.Environment[SharedSecret.Variable] = secret;
        return Process.Start(start) ?? throw new InvalidOperationException("a worker process cannot be started");
    }

    /// <summary>What the process does.</summary>
    public static async Task<int> RunAsync(string address, int elements)
    {
        ParentPipe.Watch();
        var text = Environment.GetEnvironmentVariable(SharedSecret.Variable) ?? "";
        var secret = SharedSecret.From(Encoding.ASCII.GetBytes(text), SharedSecret.Variable);
        await using var host = new TcpHost(new TcpHostOptions { Secret = secret });
        var place = HostPort.Parse(address, "--worker", 1).ToEndPoint();
        await host.Connect(place).WhenConnected.ConfigureAwait(false);
        var destination = new WorkerDestination(new ChunkPool());
        host.RegisterDestination(ActorName, destination);
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var coordinator = host.Remote(place, CoordinatorName);
        host.Spawn(ActorName, () => new ExchangeWorker(coordinator, elements, host.Memory, destination, end => ended.TrySetResult(end)),
            Supervision.Never);
        var reason = await ended.Task.ConfigureAwait(false);
        if (reason.Length == 0) return 0;
        await Console.Error.WriteLineAsync(reason).ConfigureAwait(false);
        return 1;
    }
}
