using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Protocol.Control;
using ProgressMessage = Distributed.Protocol.Control.Progress;

namespace Distributed.Coordinator.Control;

/// <summary>The calls of control.proto. They ask the coordinator by messages, as everybody does, and never touch its state.</summary>
internal sealed class ControlService(ControlledRun run, TimeProvider time)
{
    /// <summary>Of a stop's reason.</summary>
    public const int MaxReasonCharacters = 200;

    public const uint LeastInterval = 50, MostInterval = 3_600_000, UsualInterval = 500;

    private const string Service = "/distributed.control.v1.Control/";

    public void AddTo(GrpcCalls calls)
    {
        calls.Unary(Service + "Status", StatusRequest.Parser, (_, cancel) => StatusAsync(cancel));
        calls.Unary(Service + "Workers", WorkersRequest.Parser, (_, cancel) => WorkersAsync(cancel));
        calls.ServerStreaming<WatchRequest, ProgressMessage>(Service + "Watch", WatchRequest.Parser, WatchAsync);
        calls.Unary(Service + "Checkpoint", CheckpointRequest.Parser, (_, cancel) => CheckpointAsync(cancel));
        calls.Unary(Service + "Stop", StopRequest.Parser, (request, _) => StopAsync(request));
        calls.Unary(Service + "SetLearningRate", SetLearningRateRequest.Parser, SetLearningRateAsync);
    }

    private async Task<RunStatus> StatusAsync(CancellationToken cancel)
    {
        var status = new RunStatus { Job = run.Job, JobFingerprint = run.JobFingerprint };
        if (run.Leading is not { } lead)
        {
            status.State = run.Feed.End is not null ? RunState.Ended : run.StandsBy ? RunState.StandingBy : RunState.Starting;
            return status;
        }
        var progress = lead.Progress.State;
        (status.TotalSteps, status.StepsPerEpoch, status.Epochs) = ((ulong)progress.TotalSteps, (uint)progress.StepsPerEpoch, (uint)progress.Epochs);
        (status.Step, status.Samples, status.Workers, status.Term) = ((ulong)progress.Step, (ulong)progress.Samples, (uint)progress.Workers, lead.Term);
        if (progress.Loss is { } loss) (status.Loss, status.SamplesPerSecond) = (loss, progress.SamplesPerSecond);
        if (progress.SecondsLeft is { } left) status.SecondsLeft = left;
        if (progress.LastEpoch is { } epoch) status.LastEpoch = ControlMessages.Of(epoch);
        if (await lead.TryAskAsync<RunDescription>(answer => new DescribeRun(answer), cancel).ConfigureAwait(false) is not { } description)
        {
            status.State = RunState.Ended;
            if (run.Feed.End is { } end) status.LastCheckpoint = end.LastCheckpoint;
            return status;
        }
        status.State = ControlMessages.Of(description.Phase);
        status.LastCheckpoint = description.LastCheckpoint ?? "";
        status.RateChanges.AddRange(description.RateChanges.All.Select(ControlMessages.Of));
        return status;
    }

    private async Task<WorkersReply> WorkersAsync(CancellationToken cancel)
    {
        var reply = new WorkersReply();
        if (run.Leading is { } lead && await lead.TryAskAsync<RunDescription>(answer => new DescribeRun(answer), cancel).ConfigureAwait(false) is { } description)
            reply.Workers.AddRange(description.Workers.Select(ControlMessages.Of));
        return reply;
    }

    private async Task WatchAsync(WatchRequest request, Func<ProgressMessage, Task> send, CancellationToken cancel)
    {
        var interval = request.IntervalMs == 0 ? UsualInterval : request.IntervalMs;
        if (interval is < LeastInterval or > MostInterval)
            throw new GrpcException(GrpcStatus.InvalidArgument, $"interval_ms: wanted {LeastInterval} to {MostInterval}, came {interval}");
        using var watching = run.Feed.Watch();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(interval), time);
        await SendStatusAsync().ConfigureAwait(false);
        var (tick, more) = (NextTick(), More());
        while (true)
        {
            await Task.WhenAny(tick, more).ConfigureAwait(false);
            if (more.IsCompleted)
            {
                if (!await more.ConfigureAwait(false)) return; // the last one is sent
                while (watching.Messages.TryRead(out var message)) await send(message).ConfigureAwait(false);
                more = More();
            }
            if (!tick.IsCompleted) continue;
            await tick.ConfigureAwait(false);
            await SendStatusAsync().ConfigureAwait(false);
            tick = NextTick();
        }

        Task<bool> NextTick() => timer.WaitForNextTickAsync(cancel).AsTask();

        Task<bool> More() => watching.Messages.WaitToReadAsync(cancel).AsTask();

        async Task SendStatusAsync() => await send(new ProgressMessage { Status = await StatusAsync(cancel).ConfigureAwait(false) }).ConfigureAwait(false);
    }

    private async Task<CheckpointReply> CheckpointAsync(CancellationToken cancel)
    {
        var answer = await AskAsync<CheckpointAnswer>(told => new TakeCheckpoint(told), cancel).ConfigureAwait(false);
        var written = Written(answer);
        return new CheckpointReply { Path = written.Path, Step = written.Step };
    }

    private Task<StopReply> StopAsync(StopRequest request)
    {
        if (request.Reason.Length > MaxReasonCharacters || request.Reason.Any(char.IsControl))
            throw new GrpcException(GrpcStatus.InvalidArgument, $"reason: wanted {MaxReasonCharacters} printable characters at most, came {request.Reason.Length}");
        if (run.Feed.End is not null) throw new GrpcException(GrpcStatus.FailedPrecondition, "the run has ended");
        run.Stop(request.Reason.Length > 0 ? request.Reason : "stopped by a client");
        return Task.FromResult(new StopReply());
    }

    private async Task<SetLearningRateReply> SetLearningRateAsync(SetLearningRateRequest request, CancellationToken cancel)
    {
        if (!(float.IsFinite(request.Rate) && request.Rate >= 0))
            throw new GrpcException(GrpcStatus.InvalidArgument, $"rate: wanted a finite number, at least 0, came {request.Rate}");
        var answer = await AskAsync<RateAnswer>(told => new SetRate(request.Rate, told), cancel).ConfigureAwait(false);
        if (answer.Change is not { } change)
            throw answer.Recorded is { } refused
                ? new GrpcException(GrpcStatus.Unavailable, $"the rate stays as it is, since no checkpoint that has another could be written: {refused.Problem}")
                : new GrpcException(GrpcStatus.FailedPrecondition, answer.Problem!);
        var reply = new SetLearningRateReply { Change = ControlMessages.Of(change) };
        if (answer.Recorded is { } recorded) reply.Recorded = Written(recorded);
        return reply;
    }

    private static CheckpointWritten Written(CheckpointAnswer answer) => answer.Path is { } path
        ? new CheckpointWritten { Path = path, Step = (ulong)answer.Step }
        : throw new GrpcException(answer.IsRefused ? GrpcStatus.FailedPrecondition : GrpcStatus.Unavailable, answer.Problem!);

    private async Task<T> AskAsync<T>(Func<Action<T>, object> question, CancellationToken cancel) where T : class
    {
        if (run.Feed.End is not null) throw new GrpcException(GrpcStatus.FailedPrecondition, "the run has ended");
        if (run.Leading is not { } lead)
            throw new GrpcException(GrpcStatus.Unavailable, run.StandsBy ? "this coordinator stands by: ask the one that leads" : "the run has not begun: its data is being read");
        return await lead.TryAskAsync(question, cancel).ConfigureAwait(false) ?? throw new GrpcException(GrpcStatus.FailedPrecondition, "the run has ended");
    }
}
