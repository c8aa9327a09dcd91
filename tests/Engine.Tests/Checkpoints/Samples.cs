using System.Collections.Immutable;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Randomness;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Checkpoints;

/// <summary>A small checkpoint with something in every field.</summary>
internal static class Samples
{
    public static readonly Sgd Momentum = new(0.1f, 0.9f);

    public static ParameterLayout Layout(int hidden = 3) => new([
        new ParameterSlice("linear1.weight", new Shape(hidden, 2), 0, ParameterRole.Weight, new HeNormal()),
        new ParameterSlice("linear1.bias", new Shape(hidden), 2 * hidden, ParameterRole.Bias, Initializer.Zero),
        new ParameterSlice("scale", new Shape(), 3 * hidden, ParameterRole.Weight, new Gaussian(1)),
    ]);

    public static Checkpoint Make(long step = 1234, Optimizer? optimizer = null, ulong seed = 1)
    {
        var layout = Layout();
        var state = (optimizer ?? Momentum).NewState(layout.Count);
        for (var i = 0; i < state.Names.Count; i++) Numbers(layout.Count, seed + 100).CopyTo(state[i].Span);
        var weights = Numbers(layout.Count, seed);
        (weights[0], weights[1], weights[2]) = (-0f, float.Epsilon, float.NaN);
        return new Checkpoint
        {
            Parameters = layout,
            Weights = weights,
            State = state,
            JobText = "job: \"ünïcode 漢字 😀\"\n# comment\tand \\ / < & '\n",
            JobFingerprint = "abcd",
            DataFingerprint = "0123",
            Progress = new CheckpointProgress(step, 3, 7, new LossSum(0.1 + 0.2, 11, 13),
                [new EpochResult(0, 2.302585092994046, 0.1, null, 0.1), new EpochResult(1, 1.0 / 3, null, double.Epsilon, double.MaxValue)], 12.75, 1L << 40, 17)
            { SkippedSteps = SkippedSteps.None.Add(0).Add(2).Add(3) },
            Notes = ImmutableSortedDictionary<string, string>.Empty.Add("host", "here").Add("empty", ""),
        };
    }

    public static float[] Numbers(int count, ulong seed)
    {
        var random = new RandomStream(seed, RandomPurpose.Test);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextFloat() - 1)];
    }

    public static void AssertSame(Checkpoint wanted, Checkpoint got)
    {
        AssertBits.Equal(wanted.Weights, got.Weights);
        Assert.Equal(wanted.State.Names, got.State.Names);
        for (var i = 0; i < wanted.State.Names.Count; i++) AssertBits.Equal(wanted.State[i].Span, got.State[i].Span);
        Assert.Equal(wanted.State.ScalarNames, got.State.ScalarNames);
        Assert.Equal(wanted.State.Scalars, got.State.Scalars);
        static IEnumerable<(string, Shape, int, ParameterRole)> Slices(Checkpoint checkpoint) =>
            checkpoint.Parameters.Slices.Select(slice => (slice.Name, slice.Shape, slice.Offset, slice.Role));
        Assert.Equal(Slices(wanted), Slices(got));
        Assert.Equal((wanted.JobText, wanted.JobFingerprint, wanted.DataFingerprint), (got.JobText, got.JobFingerprint, got.DataFingerprint));
        var (p, q) = (wanted.Progress, got.Progress);
        Assert.Equal((p.Step, p.Epoch, p.Batch, p.EpochLoss, p.TrainSeconds, p.BytesSent, p.BytesReceived),
            (q.Step, q.Epoch, q.Batch, q.EpochLoss, q.TrainSeconds, q.BytesSent, q.BytesReceived));
        Assert.Equal(p.Epochs.ToArray(), q.Epochs.ToArray());
        Assert.Equal(p.SkippedSteps.ToString(), q.SkippedSteps.ToString());
        Assert.Equal(wanted.Notes, got.Notes);
    }
}
