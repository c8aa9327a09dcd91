using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Distributed.Actors;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Control;
using Distributed.Protocol.Control;
using Distributed.Worker.Cli;
using Google.Protobuf;
using ProgressMessage = Distributed.Protocol.Control.Progress;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>status</c>, <c>watch</c>, <c>stop</c>, <c>checkpoint</c> and <c>set-rate</c>: what a run's control service is asked.</summary>
internal static class ControlCommands
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    public static IEnumerable<Command> Create()
    {
        yield return Create("status", "Where a run stands, and who takes part.", _ => { }, StatusAsync);
        var interval = CliOptions.Integer("--interval-ms", "MS", $"Between two lines ({ControlService.UsualInterval}).", (int)ControlService.LeastInterval, (int)ControlService.MostInterval);
        yield return Create("watch", "Follow a run to its end. Ends with exit code 1 where the run fails.", command => command.Options.Add(interval),
            (call, cancel) => WatchAsync(call, (uint)(call.Parsed.GetValue(interval) ?? 0), cancel));
        yield return Create("checkpoint", "Have a run write a checkpoint now.", _ => { }, CheckpointAsync);
        var reason = new Option<string?>("--reason") { HelpName = "TEXT", Description = "Why, for its log and report." };
        var noWait = new Option<bool>("--no-wait") { Description = "Do not wait for its end." };
        yield return Create("stop", "End a run after the step in progress, with a checkpoint where it keeps some.", command =>
        {
            command.Options.Add(reason);
            command.Options.Add(noWait);
        }, (call, cancel) => StopAsync(call, call.Parsed.GetValue(reason) ?? "", call.Parsed.GetValue(noWait), cancel));
        var rate = new Argument<float>("RATE") { Description = "The optimizer's rate from the next step on; a schedule's factor is multiplied with it.", CustomParser = ParseRate };
        yield return Create("set-rate", "Set a run's learning rate. It becomes part of the run's identity: checkpoints and the report have it.",
            command => command.Arguments.Add(rate), (call, cancel) => SetRateAsync(call, call.Parsed.GetValue(rate), cancel));
    }

    private static float ParseRate(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (float.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var rate) && float.IsFinite(rate)) return rate;
        result.AddError($"set-rate: wanted a number from 0 on, as in 0.05, came \"{text}\"");
        return 0;
    }

    private static Command Create(string name, string description, Action<Command> add, Func<Call, CancellationToken, Task<int>> perform)
    {
        var command = new Command(name, description);
        add(command);
        var place = CliOptions.Read("--control", "HOST:PORT", "Where the run's control is served: what stands behind its --control.", text => HostPort.Parse(text, "--control", 1));
        place.Required = true;
        var json = new Option<bool>("--json") { Description = "Print the answer as JSON, each message on a line." };
        command.Options.Add(place);
        command.Options.Add(json);
        var security = new SecurityOptionsSet();
        security.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = new ControlClient(parsed.GetValue(place)!, security.Read(parsed));
            try
            {
                return await perform(new Call(client, parsed, parsed.GetValue(json)), cancel).ConfigureAwait(false);
            }
            catch (GrpcException refused)
            {
                var secret = refused.Status == GrpcStatus.Unauthenticated ? $"; here that is --secret-file FILE or {SharedSecret.Variable}, as the coordinator has it" : "";
                await Console.Error.WriteLineAsync($"{name}: {refused.Message}{secret}").ConfigureAwait(false);
                return refused.Status is GrpcStatus.InvalidArgument or GrpcStatus.FailedPrecondition or GrpcStatus.Unauthenticated ? ExitCode.WrongInput : ExitCode.Failed;
            }
        });
        return command;
    }

    private static async Task<int> StatusAsync(Call call, CancellationToken cancel)
    {
        var status = await call.Client.CallAsync("Status", new StatusRequest(), RunStatus.Parser, cancel).ConfigureAwait(false);
        var workers = await call.Client.CallAsync("Workers", new WorkersRequest(), WorkersReply.Parser, cancel).ConfigureAwait(false);
        if (call.AsJson)
        {
            Print(Json.Format(status));
            Print(Json.Format(workers));
            return ExitCode.Done;
        }
        Print($"run             {status.Job} ({Convert.ToHexStringLower(status.JobFingerprint.Span)[..12]}): {Word(status.State)}");
        if (status.TotalSteps == 0) return ExitCode.Done;
        Print($"step            {status.Step} of {status.TotalSteps} (epoch {Epoch(status)} of {status.Epochs})");
        if (status.HasLoss) Print($"loss            {RunProgress.Number(status.Loss)}");
        if (status.LastEpoch is { HasTestAccuracy: true } epoch) Print($"test accuracy   {RunProgress.Percent(epoch.TestAccuracy)} after epoch {epoch.Epoch + 1}");
        if (status.HasSamplesPerSecond) Print(Text($"samples/s       {status.SamplesPerSecond:N0}"));
        if (status.HasSecondsLeft && status.State != RunState.Ended) Print($"time left       {TimeSpan.FromSeconds(Math.Round(status.SecondsLeft)):c}");
        foreach (var change in status.RateChanges) Print(Text($"learning rate   {change.Rate:R} from step {change.Step} on"));
        if (status.LastCheckpoint.Length > 0) Print($"checkpoint      {status.LastCheckpoint}");
        foreach (var worker in workers.Workers)
            Print(Text($"worker {worker.Number,-8} {worker.Name}: {Word(worker.State)}, {RunProgress.Count(worker.Units, "shard")} to do, {worker.SamplesPerSecond:N0} samples/s while computing"));
        return ExitCode.Done;
    }

    /// <param name="begun">Done when the stream has begun, so that its end is told however soon it comes; null: nothing.</param>
    private static async Task<int> WatchAsync(Call call, uint interval, CancellationToken cancel, Func<Task>? begun = null)
    {
        var epochs = 0; // since the last status: short ones would fill the screen
        await foreach (var progress in call.Client.StreamAsync("Watch", new WatchRequest { IntervalMs = interval }, ProgressMessage.Parser, cancel).ConfigureAwait(false))
        {
            if (begun is not null) await begun().ConfigureAwait(false);
            begun = null;
            if (progress.Status is not null) epochs = 0;
            if (call.AsJson) Print(Json.Format(progress));
            else if ((progress.EpochEnded is null || epochs++ == 0) && Line(progress) is { } line) Print(line);
            if (progress.RunEnded is { } end) return end.Outcome is RunOutcome.Done or RunOutcome.Stopped ? ExitCode.Done : ExitCode.Failed;
        }
        throw new GrpcException(GrpcStatus.Unavailable, "the coordinator is gone, and has not said how the run ended");
    }

    private static async Task<int> CheckpointAsync(Call call, CancellationToken cancel)
    {
        var reply = await call.Client.CallAsync("Checkpoint", new CheckpointRequest(), CheckpointReply.Parser, cancel).ConfigureAwait(false);
        Print(call.AsJson ? Json.Format(reply) : $"checkpoint of step {reply.Step}: {reply.Path}");
        return ExitCode.Done;
    }

    private static async Task<int> StopAsync(Call call, string reason, bool noWait, CancellationToken cancel)
    {
        if (!noWait) return await WatchAsync(call, ControlService.MostInterval, cancel, StopIt).ConfigureAwait(false);
        await StopIt().ConfigureAwait(false);
        return ExitCode.Done;

        Task StopIt() => call.Client.CallAsync("Stop", new StopRequest { Reason = reason }, StopReply.Parser, cancel);
    }

    private static async Task<int> SetRateAsync(Call call, float rate, CancellationToken cancel)
    {
        var reply = await call.Client.CallAsync("SetLearningRate", new SetLearningRateRequest { Rate = rate }, SetLearningRateReply.Parser, cancel).ConfigureAwait(false);
        Print(call.AsJson ? Json.Format(reply)
            : Text($"the learning rate is {reply.Change.Rate:R} from step {reply.Change.Step} on")
                + (reply.Recorded is { } recorded ? $", as {recorded.Path} has it" : "; the run keeps no checkpoints, its report has it"));
        return ExitCode.Done;
    }

    /// <returns>Null: nothing that is worth a line.</returns>
    private static string? Line(ProgressMessage progress) => progress.WhatCase switch
    {
        ProgressMessage.WhatOneofCase.Status when progress.Status is { TotalSteps: > 0, State: not RunState.Ended } status =>
            Text($"step {status.Step} of {status.TotalSteps}, epoch {Epoch(status)} of {status.Epochs}: {Word(status.State)}")
            + (status.HasLoss ? Text($", loss {RunProgress.Number(status.Loss)}, {status.SamplesPerSecond:N0} samples/s, {RunProgress.Count(status.Workers, "worker")}") : ""),
        ProgressMessage.WhatOneofCase.EpochEnded => $"epoch {progress.EpochEnded.Epoch + 1}: loss {RunProgress.Number(progress.EpochEnded.Loss)}"
            + (progress.EpochEnded.HasTestAccuracy ? $", test accuracy {RunProgress.Percent(progress.EpochEnded.TestAccuracy)}" : ""),
        ProgressMessage.WhatOneofCase.WorkerJoined => $"worker {progress.WorkerJoined.Number} ({progress.WorkerJoined.Name}) joined",
        ProgressMessage.WhatOneofCase.WorkerLost => $"worker {progress.WorkerLost.Number} ({progress.WorkerLost.Name}) lost: {progress.WorkerLost.Reason}",
        ProgressMessage.WhatOneofCase.RateChanged => Text($"the learning rate is {progress.RateChanged.Rate:R} from step {progress.RateChanged.Step} on"),
        ProgressMessage.WhatOneofCase.Notice => progress.Notice.Text,
        ProgressMessage.WhatOneofCase.RunEnded => $"the run has ended at step {progress.RunEnded.Step}: {progress.RunEnded.Reason}"
            + (progress.RunEnded.Fingerprint.Length > 0 ? $"; fingerprint {progress.RunEnded.Fingerprint}" : "")
            + (progress.RunEnded.LastCheckpoint.Length > 0 ? $"; checkpoint {progress.RunEnded.LastCheckpoint}" : ""),
        _ => null,
    };

    private static ulong Epoch(RunStatus status) => Math.Min(status.Step / status.StepsPerEpoch + 1, status.Epochs);

    /// <summary>As a person would say it: <c>CatchingUp</c> is "catching up".</summary>
    private static string Word(Enum state) => string.Concat(state.ToString().Select((letter, i) =>
        i > 0 && char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : char.ToLowerInvariant(letter).ToString()));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Print(string line) => Console.Out.WriteLine(line);

    private sealed record Call(ControlClient Client, ParseResult Parsed, bool AsJson);
}
