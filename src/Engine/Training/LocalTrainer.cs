using Distributed.Engine.Kernels;

namespace Distributed.Engine.Training;

/// <summary>Trains in the calling thread, without actors: the answer that every distributed run must equal to the bit.</summary>
public static class LocalTrainer
{
    /// <param name="progress">Called after each epoch.</param>
    /// <param name="shardsPerPass">Shards computed together, a power of two; 0: all of a batch. It changes speed and memory, never
    /// the answer.</param>
    /// <exception cref="DivergedException">Loss or gradient of a step is not finite, and such steps are not skipped.</exception>
    public static TrainingResult Run(TrainingSetup setup, Action<EpochResult>? progress = null, int shardsPerPass = 0)
    {
        var layout = setup.Layout;
        if (shardsPerPass == 0) shardsPerPass = layout.Shards;
        if (shardsPerPass < 1 || shardsPerPass > layout.Shards || !int.IsPow2(shardsPerPass))
            throw new ArgumentOutOfRangeException(nameof(shardsPerPass), shardsPerPass,
                $"shards computed together: a power of two from 1 to {layout.Shards}");
        var computer = new ShardComputer(setup, shardsPerPass);
        var parameters = setup.Model.Parameters;
        var (weights, next) = (parameters.InitialWeights(setup.Seed), new float[parameters.Count]);
        var gradient = new float[parameters.Count];
        var state = setup.Optimizer.NewState(parameters.Count);
        var tree = new TreeAccumulator(parameters.Count, layout.Shards / shardsPerPass);
        var sums = new LossSum[layout.Shards / shardsPerPass];
        var epochs = new List<EpochResult>();
        var skipped = SkippedSteps.None;
        var best = BestSoFar.Of(setup);
        var step = 0L;
        for (var epoch = 0; epoch < setup.Epochs; epoch++)
        {
            var epochSum = default(LossSum);
            for (var batch = 0; batch < layout.BatchesPerEpoch; batch++, step++)
            {
                tree.Begin(gradient);
                for (var pass = 0; pass < sums.Length; pass++)
                {
                    var range = new ShardRange(pass * shardsPerPass, shardsPerPass);
                    sums[pass] = computer.Compute(epoch, batch, range, weights, tree.Leaf);
                    tree.Add();
                }
                var sum = LossSum.InTree(sums);
                WeightUpdate.Mean(setup, layout.SamplesIn(batch), 0, gradient, weights);
                var verdict = WeightUpdate.Judge(setup, sum, Finite.All(gradient), weights, state);
                if (verdict == StepVerdict.Stop) throw DivergedException.Of(setup, step, sum, gradient, weights);
                if (verdict == StepVerdict.Skip)
                {
                    skipped = skipped.Add(step);
                    continue;
                }
                epochSum += sum;
                if (setup.NeedsWholeStep) WeightUpdate.Begin(setup, step, sum, gradient, weights, state);
                WeightUpdate.Step(setup, step, 0, gradient, weights, next, state);
                (weights, next) = (next, weights);
            }
            var result = EpochResult.From(setup, epoch, epochSum, Evaluate(setup, computer, weights));
            epochs.Add(result);
            progress?.Invoke(result);
            if (setup.EarlyStopping?.Judge(best.Add(result)) is not null) break;
        }
        return new TrainingResult(weights, Fingerprint.Of(weights), epochs) { SkippedSteps = skipped };
    }

    private static LossSum? Evaluate(TrainingSetup setup, ShardComputer computer, ReadOnlyMemory<float> weights)
    {
        if (setup.Test is not { } test) return null;
        var blocks = new LossSum[EvaluationBlocks.Count(test.Count)];
        for (var block = 0; block < blocks.Length; block++)
        {
            var (first, count) = EvaluationBlocks.Range(block, test.Count);
            blocks[block] = computer.Evaluate(weights, first, count);
        }
        return EvaluationBlocks.Add(blocks);
    }
}
