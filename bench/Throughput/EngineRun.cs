using System.Diagnostics;
using Distributed.Engine.Training;

namespace Distributed.Throughput;

/// <summary>The engine alone in one thread: all shards of a batch in one pass, then the step. What the actors add is what is above it.</summary>
internal static class EngineRun
{
    public static void Run(TrainingSetup setup, StepWindows windows)
    {
        var layout = setup.Layout;
        var computer = new ShardComputer(setup, setup.Shards);
        var (weights, next) = (setup.Model.Parameters.InitialWeights(setup.Seed), new float[setup.Model.Parameters.Count]);
        var gradient = new float[weights.Length];
        var state = setup.Optimizer.NewState(weights.Length);
        var (begin, samples) = (Stopwatch.GetTimestamp(), 0L);
        for (var step = 0L; !windows.IsDone; step++)
        {
            var (epoch, batch) = ((int)(step / layout.BatchesPerEpoch), (int)(step % layout.BatchesPerEpoch));
            computer.Compute(epoch, batch, new ShardRange(0, setup.Shards), weights, gradient);
            WeightUpdate.MeanAndStep(setup, layout.SamplesIn(batch), step, 0, gradient, [], weights, next, state);
            (weights, next) = (next, weights);
            samples += layout.SamplesIn(batch);
            windows.Commit(Stopwatch.GetElapsedTime(begin).TotalSeconds, samples, step + 1);
        }
    }
}
