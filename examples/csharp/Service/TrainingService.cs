using Distributed.Coordinator.Embedding;
using Distributed.Coordinator.Running;

/// <summary>Where the run stands, as <c>/run</c> shows it.</summary>
/// <param name="Loss">Mean over the last step's samples; null: no step yet.</param>
public sealed record RunState(string Phase, long Step, double? Loss, int Workers, double? Accuracy, string? Fingerprint, string? Problem);

/// <summary>Trains while the service runs; when the service stops, so does the run, after the step in progress.</summary>
public sealed class TrainingService(ILoggerFactory logs) : BackgroundService, IRunObserver
{
    private readonly Lock _lock = new();
    private RunState _state = new("starting", 0, null, 0, null, null, null);

    public RunState State
    {
        get
        {
            lock (_lock) return _state;
        }
    }

    public void On(RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.WorkerJoined joined: Change(state => state with { Workers = joined.Alive }); break;
            case RunEvent.WorkerLost lost: Change(state => state with { Workers = lost.Alive }); break;
            case RunEvent.EpochEnded { Result: var epoch }: Change(state => state with { Accuracy = epoch.TestAccuracy }); break;
        }
    }

    public void OnStep(long step, int epoch, int batch, double loss, double trainSeconds, long samples) =>
        Change(state => state with { Phase = "training", Step = step, Loss = loss });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var result = await Trainer.RunAsync(Spiral.Setup, new TrainerOptions { Workers = 2, Observer = this, Logs = logs }, stoppingToken);
            Change(state => state with { Phase = result.Reason == "done" ? "done" : "stopped", Step = result.Steps, Fingerprint = result.Fingerprint });
        }
        catch (TrainingFailedException wrong)
        {
            Change(state => state with { Phase = "failed", Problem = wrong.Message });
        }
    }

    private void Change(Func<RunState, RunState> change)
    {
        lock (_lock) _state = change(_state);
    }
}
