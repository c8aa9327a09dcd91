using Distributed.Coordinator.Running;
using Distributed.Engine.Training;
using Distributed.Protocol.Control;

namespace Distributed.Coordinator.Control;

/// <summary>What the run knows, in the words of control.proto.</summary>
internal static class ControlMessages
{
    public static EpochEnded Of(EpochResult result)
    {
        var message = new EpochEnded { Epoch = (uint)result.Epoch, Loss = result.MeanLoss };
        if (result.TrainAccuracy is { } trained) message.TrainAccuracy = trained;
        if (result.TestLoss is { } loss) message.TestLoss = loss;
        if (result.TestAccuracy is { } accuracy) message.TestAccuracy = accuracy;
        return message;
    }

    public static RateChange Of(Engine.Optimizers.RateChange change) => new() { Step = (ulong)change.Step, Rate = change.Rate };

    public static WorkerStatus Of(WorkerDescription worker)
    {
        var message = new WorkerStatus
        {
            Number = (uint)worker.Number,
            Name = worker.Name,
            State = worker.Phase switch
            {
                WorkerPhase.Loading => WorkerState.Loading,
                WorkerPhase.Idle => WorkerState.Idle,
                WorkerPhase.Working => WorkerState.Working,
                WorkerPhase.CatchingUp => WorkerState.CatchingUp,
                WorkerPhase.Late => WorkerState.Late,
                _ => WorkerState.Stalled,
            },
            Units = (uint)worker.Units,
            SamplesPerSecond = worker.SamplesPerSecond,
        };
        if (worker.Held is { } held) message.Version = (ulong)held;
        return message;
    }

    public static RunState Of(RunPhase phase) => phase switch
    {
        RunPhase.Waiting => RunState.Waiting,
        RunPhase.Training => RunState.Training,
        RunPhase.Evaluating => RunState.Evaluating,
        _ => RunState.Ended,
    };
}
