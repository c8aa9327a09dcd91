using Distributed.Engine.Training;
using Distributed.Exchange;
using Distributed.Jobs;
using Distributed.Throughput;
using Distributed.Worker;

namespace Distributed.Scaling;

/// <summary>Makes the lines that the model is fitted to.</summary>
internal static class Measuring
{
    private static readonly PrepareOptions s_here = new() { BaseFolder = Environment.CurrentDirectory };

    public static Measurement Simulate(int workers, int shards, int floats, int chunkElements, int steps, TimeSpan compute)
    {
        var setup = ExchangeJob.Read(floats, shards, samples: 2 * shards * (steps + 4)).Prepare(s_here);
        var shape = new RunShape(workers, shards, setup.Model.Parameters.Count, chunkElements);
        var run = SimulatedExchange.Run(shape, setup, warmUp: Math.Max(1, steps / 2), steps, compute);
        var last = run.Traffic.Span[^1];
        return new Measurement
        {
            Kind = Measurement.Simulated,
            Workers = workers,
            Shards = shards,
            Floats = shape.Parameters,
            ChunkElements = chunkElements,
            PartialSums = shape.Partials,
            Chunks = shape.Chunks,
            FramesIn = last.In.Frames,
            FramesOut = last.Out.Frames,
            BytesIn = last.In.Bytes,
            BytesOut = last.Out.Bytes,
            Flows = new()
            {
                ["partial_chunks"] = last.Partials,
                ["partial_done"] = last.PartialDones,
                ["weights_held"] = last.Held,
                ["weight_chunks"] = last.Weights,
                ["assign"] = last.Assigns,
            },
            AsPredicted = run.IsAsPredicted(shape, setup.Layout),
            Turns = run.Turns,
            CoordinatorTurnMs = Math.Round(1000 * Median(run.TurnSeconds), 4),
            Ms = Math.Round(1000 * run.VirtualSeconds, 3),
        };
    }

    public static async Task<Measurement> StepAsync(StepJob cell, Setting setting, StepWindows windows)
    {
        var job = cell.Read();
        var setup = job.Prepare(s_here);
        if (setting.Place is { } place)
            await ActorRun.RunAsync(new LoadedJob(setup, job.Fingerprint, setup.DataFingerprint()), job.ToYaml(), place, setting.Workers, windows)
                .ConfigureAwait(false);
        else EngineRun.Run(setup, windows);
        return new Measurement
        {
            Kind = Measurement.Stepped,
            Setting = setting.Name,
            Workers = setting.Workers,
            Shards = setup.Shards,
            Floats = setup.Model.Parameters.Count,
            Batch = cell.Batch,
            Gflop = Math.Round(cell.Flops / 1e9, 4),
            Ms = Math.Round(1000.0 * cell.Batch / Median(windows.Rates), 3),
        };
    }

    private static bool IsAsPredicted(this SimulatedExchange run, RunShape shape, BatchLayout layout)
    {
        var isSo = true;
        for (var i = 0; i < run.Traffic.Length; i++)
            isSo &= run.Traffic.Span[i] == StepTraffic.Of(shape, run.FirstStep + i, layout.BatchesPerEpoch, ExchangeWorker.ShardNs);
        return isSo;
    }

    private static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
