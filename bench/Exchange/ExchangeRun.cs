using System.Diagnostics;
using System.Net;
using Distributed.Actors;
using Distributed.Coordinator;
using Distributed.Coordinator.Cli;
using Distributed.Coordinator.Running;
using Distributed.Engine.Training;
using Distributed.Jobs;
using Distributed.Throughput;

namespace Distributed.Exchange;

/// <summary>Steps of a coordinator in this process and workers in others that compute nothing.</summary>
internal static class ExchangeRun
{
    public static async Task<Measured> RunAsync(
        Job job, TrainingSetup setup, int workers, int chunkElements, bool sharesMemory, StepWindows windows)
    {
        var (secret, text) = SharedSecret.Draw();
        await using var host = new TcpHost(new TcpHostOptions { Secret = secret, SharesMemory = sharesMemory });
        await host.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0)).ConfigureAwait(false);
        var watch = new Watch(windows, host);
        var options = new RunOptions(setup, job.ToYaml(), job.Fingerprint, setup.DataFingerprint(), workers)
        { ChunkElements = chunkElements, Memory = host.Memory };
        var coordinator = host.Spawn(TrainSession.ActorName, () => new CoordinatorActor(options, watch), Supervision.Never);
        watch.Coordinator = coordinator;
        var elements = setup.Model.Parameters.Count;
        Process[] processes = [.. Enumerable.Range(0, workers).Select(_ => WorkerProcess.Start($"{host.BoundEndPoint}", elements, text))];
        try
        {
            var stopped = host.WhenStopped(coordinator);
            var gone = processes.Select(process => process.WaitForExitAsync());
            await Task.WhenAny([watch.Ended, stopped, .. gone]).ConfigureAwait(false);
            await Task.WhenAny(watch.Ended, Task.Delay(TimeSpan.FromSeconds(5))).ConfigureAwait(false);
            return watch.Ended.IsCompleted
                ? watch.Measured
                : throw new InvalidOperationException("the run ended before all was measured");
        }
        finally
        {
            foreach (var process in processes)
            {
                process.StandardInput.Close();
                await process.WaitForExitAsync().ConfigureAwait(false);
                process.Dispose();
            }
        }
    }

    /// <summary>Of the steps between the warm-up and the last window.</summary>
    /// <param name="Sent">Bytes that the coordinator sent; with <paramref name="Received"/>.</param>
    /// <param name="Allocated">Bytes that the coordinator's process allocated.</param>
    public sealed record Measured(long Steps, long Sent, long Received, long Allocated, double ProcessorSeconds);

    private sealed class Watch(StepWindows windows, TcpHost host) : IRunObserver
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile ActorRef? _coordinator;
        private Measured? _begin, _end;

        public ActorRef Coordinator
        {
            set => _coordinator = value;
        }

        public Task Ended => _ended.Task;

        public Measured Measured => new(_end!.Steps - _begin!.Steps, _end.Sent - _begin.Sent, _end.Received - _begin.Received,
            _end.Allocated - _begin.Allocated, _end.ProcessorSeconds - _begin.ProcessorSeconds);

        public void On(RunEvent happened)
        {
            switch (happened)
            {
                case RunEvent.StepCommitted step:
                    windows.Commit(step);
                    if (windows.HasBegun) _begin ??= Now(step.Step);
                    if (!windows.IsDone || _end is not null || _coordinator is not { } coordinator) return;
                    _end = Now(step.Step);
                    coordinator.Tell(new StopRun("measured"));
                    return;
                case RunEvent.WorkerLost lost:
                    Console.Error.WriteLine($"worker {lost.Worker} was lost: {lost.Reason}");
                    return;
                case RunEvent.Ended:
                    _ended.TrySetResult();
                    return;
            }
        }

        private Measured Now(long step) => new(step, host.BytesSent, host.BytesReceived, GC.GetTotalAllocatedBytes(),
            Environment.CpuUsage.TotalTime.TotalSeconds);
    }
}
