using System.Diagnostics;
using System.Diagnostics.Metrics;
using Distributed.Coordinator.Running;
using Distributed.Engine.Training;
using Distributed.Worker.Telemetry;

namespace Distributed.Coordinator.Telemetry;

/// <summary>A run as metrics and spans, from what the coordinator tells; docs/telemetry.md lists them.</summary>
internal sealed class RunInstruments : IRunObserver, IDisposable
{
    private static readonly Counter<long> Steps = TelemetrySources.Meter.CreateCounter<long>("distributed.steps", "{step}", "Steps committed.");
    private static readonly Counter<long> Skipped = TelemetrySources.Meter.CreateCounter<long>("distributed.steps.skipped", "{step}", "Steps that changed nothing.");
    private static readonly Counter<long> Samples = TelemetrySources.Meter.CreateCounter<long>("distributed.samples", "{sample}", "Samples trained on.");
    private static readonly Counter<long> Shards = TelemetrySources.Meter.CreateCounter<long>("distributed.shards", "{shard}", "Shards given to a worker.");
    private static readonly Counter<long> Lost = TelemetrySources.Meter.CreateCounter<long>("distributed.workers.lost", "{worker}", "Workers lost.");
    private static readonly Gauge<long> Workers = TelemetrySources.Meter.CreateGauge<long>("distributed.workers", "{worker}", "Workers that take part.");
    private static readonly Gauge<double> Loss = TelemetrySources.Meter.CreateGauge<double>("distributed.loss", "1", "Mean loss of the last step's samples.");
    private static readonly Gauge<double> TestLoss = TelemetrySources.Meter.CreateGauge<double>("distributed.test.loss", "1", "Mean loss of the test samples after the last epoch.");
    private static readonly Gauge<double> TestAccuracy = TelemetrySources.Meter.CreateGauge<double>("distributed.test.accuracy", "1", "Share of the test samples after the last epoch, 0 to 1.");
    private static readonly Histogram<double> StepSeconds = TelemetrySources.Meter.CreateHistogram<double>("distributed.step.duration", "s", "From one commit to the next.");
    private static readonly Histogram<double> ShardSeconds = TelemetrySources.Meter.CreateHistogram<double>("distributed.shards.duration", "s", "Forward and backward of a worker's answer.");
    private static readonly Histogram<double> CheckpointSeconds = TelemetrySources.Meter.CreateHistogram<double>("distributed.checkpoint.duration", "s", "Writing a checkpoint.");

    private readonly TrainingSetup _setup;
    private readonly TimeProvider _time;
    private readonly Activity? _run;
    private Activity? _epoch;
    private DateTimeOffset? _evaluating;
    private double _seconds;
    private long _samples;

    public RunInstruments(TrainingSetup setup, RunSnapshot? resume, TimeProvider time)
    {
        (_setup, _time, _seconds, _samples) = (setup, time, resume?.TrainSeconds ?? 0, resume?.Samples ?? 0);
        _run = Begin("run", null, time.GetUtcNow())?.SetTag("distributed.steps.total", setup.TotalSteps).SetTag("distributed.step.first", resume?.Step ?? 0);
    }

    public void On(RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.WorkerJoined joined: Workers.Record(joined.Alive); break;
            case RunEvent.WorkerExcluded excluded: Workers.Record(excluded.Alive); break;
            case RunEvent.WorkerLost lost:
                Workers.Record(lost.Alive);
                Lost.Add(1);
                _run?.AddEvent(new ActivityEvent($"worker {lost.Worker} lost", _time.GetUtcNow(), new ActivityTagsCollection { ["reason"] = lost.Reason }));
                break;
            case RunEvent.StepSkipped: Skipped.Add(1); break;
            case RunEvent.StepCommitted step: OnStep(step.Step, step.Epoch, step.Batch, step.Loss, step.TrainSeconds, step.Samples); break;
            case RunEvent.EpochEnded { Result: var epoch }: OnEpoch(epoch); break;
            case RunEvent.Ended ended:
                _run?.SetTag("distributed.fingerprint", ended.Result.Fingerprint);
                if (ended.Result.End == Scheduling.RunEnd.Failed) _run?.SetStatus(ActivityStatusCode.Error, ended.Result.Reason);
                break;
        }
    }

    public void OnStep(long step, int epoch, int batch, double loss, double trainSeconds, long samples)
    {
        var (seconds, now) = (trainSeconds - _seconds, _time.GetUtcNow());
        Steps.Add(1);
        Samples.Add(samples - _samples);
        Loss.Record(loss);
        StepSeconds.Record(seconds);
        (_seconds, _samples) = (trainSeconds, samples);
        if (_run is null) return;
        var begun = now - TimeSpan.FromSeconds(seconds);
        _epoch ??= Begin("epoch", _run, begun)?.SetTag("distributed.epoch", epoch + 1);
        End(Begin("step", _epoch, begun)?.SetTag("distributed.step", step).SetTag("distributed.loss", loss), now);
        if (batch == _setup.Layout.BatchesPerEpoch - 1 && _setup.Test is not null) _evaluating = now;
    }

    public void OnAssigned(long step, int worker, int shards) => Shards.Add(shards, new KeyValuePair<string, object?>("distributed.worker", worker));

    public void OnAnswered(long step, int worker, double computeSeconds) =>
        ShardSeconds.Record(computeSeconds, new KeyValuePair<string, object?>("distributed.worker", worker));

    /// <summary>The same store, with each checkpoint's writing measured.</summary>
    public ICheckpointStore Timing(ICheckpointStore store) => new TimedStore(store, _time, OnCheckpoint);

    public void Dispose()
    {
        var now = _time.GetUtcNow();
        End(_epoch, now);
        End(_run, now);
    }

    private void OnEpoch(EpochResult epoch)
    {
        if (epoch.TestLoss is { } loss) TestLoss.Record(loss);
        if (epoch.TestAccuracy is { } accuracy) TestAccuracy.Record(accuracy);
        var now = _time.GetUtcNow();
        if (_evaluating is { } begun) End(Begin("evaluation", _epoch, begun), now);
        End(_epoch, now);
        (_epoch, _evaluating) = (null, null);
    }

    private void OnCheckpoint(long step, DateTimeOffset begun, string? problem)
    {
        var now = _time.GetUtcNow();
        CheckpointSeconds.Record((now - begun).TotalSeconds);
        var span = Begin("checkpoint", _run, begun)?.SetTag("distributed.step", step);
        if (problem is not null) span?.SetStatus(ActivityStatusCode.Error, problem);
        End(span, now);
    }

    /// <summary>A span that is not made the current one: it is told of in turns that others share.</summary>
    private static Activity? Begin(string name, Activity? parent, DateTimeOffset begun)
    {
        var current = Activity.Current;
        try
        {
            return TelemetrySources.Activities.StartActivity(name, ActivityKind.Internal, parent?.Context ?? default, startTime: begun);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    private static void End(Activity? span, DateTimeOffset now)
    {
        var current = Activity.Current;
        span?.SetEndTime(now.UtcDateTime);
        span?.Dispose();
        Activity.Current = current;
    }
}
