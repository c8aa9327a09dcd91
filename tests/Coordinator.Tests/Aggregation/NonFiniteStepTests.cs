using Distributed.Coordinator.Aggregation;
using Distributed.Coordinator.Tests.Running;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;
using Distributed.Protocol;

namespace Distributed.Coordinator.Tests.Aggregation;

/// <summary>Steps whose loss or gradient is not finite, given to the aggregator as two partial sums of four shards.</summary>
public class NonFiniteStepTests
{
    private const int ChunkElements = 37;

    private static readonly TrainingSetup Stop = TestRun.Setup(), Skip = Stop with { OnNonFinite = NonFinitePolicy.Skip, Optimizer = new Adam(0.1f) };

    /// <summary>Looked for in blocks before they are stepped, and while they are stepped in one pass.</summary>
    [Theory]
    [InlineData(float.NaN, 40, false)]
    [InlineData(float.PositiveInfinity, 0, false)]
    [InlineData(float.NegativeInfinity, 122, false)]
    [InlineData(float.NaN, 40, true)]
    [InlineData(float.PositiveInfinity, 0, true)]
    [InlineData(float.NegativeInfinity, 122, true)]
    public void A_gradient_that_is_not_finite_stops_the_run_and_its_chunk_is_not_made(float wrong, int place, bool onePass)
    {
        var setup = onePass ? Stop with { Regularizer = null } : Stop;
        Assert.Equal(onePass, WeightUpdate.IsOnePass(setup));
        var aggregator = New(setup);
        var before = aggregator.Current.ToArray();
        Give(aggregator, gradient => gradient[place] = wrong);

        Assert.Equal((true, StepVerdict.Stop), (aggregator.IsComplete, aggregator.Verdict));
        var parameter = Stop.Model.Parameters.Slices.Last(slice => slice.Offset <= place);
        Assert.Equal(new NonFiniteElement(parameter.Name, place - parameter.Offset, wrong), aggregator.Wrong);
        for (var chunk = 0; chunk < aggregator.Chunks; chunk++) Assert.Equal(chunk != place / ChunkElements, aggregator.IsMade(chunk));
        Assert.Throws<BrokenInvariantException>(aggregator.Commit);
        Assert.Equal(before, aggregator.Current.ToArray());
    }

    /// <summary>No worker could have seen it.</summary>
    [Theory]
    [InlineData(NonFinitePolicy.Stop)]
    [InlineData(NonFinitePolicy.Skip)]
    public void Parts_that_are_finite_may_have_a_sum_that_is_not(NonFinitePolicy policy)
    {
        var aggregator = New(policy == NonFinitePolicy.Stop ? Stop : Skip);
        Give(aggregator, gradient => gradient[3] = 3e38f, gradient => gradient[3] = 2e38f);

        Assert.Equal(policy == NonFinitePolicy.Stop ? StepVerdict.Stop : StepVerdict.Skip, aggregator.Verdict);
        Assert.Equal(new NonFiniteElement("linear1.weight", 3, float.PositiveInfinity), aggregator.Wrong);
    }

    [Fact]
    public void The_first_of_several_elements_is_named_whichever_chunk_is_summed_first()
    {
        var aggregator = New(Stop);
        Give(aggregator, gradient => (gradient[50], gradient[38], gradient[100]) = (float.NaN, float.PositiveInfinity, float.NaN));
        Assert.Equal(float.PositiveInfinity, aggregator.Wrong!.Value.Number);
    }

    [Fact]
    public void A_skipped_step_is_a_version_of_the_same_weights_and_the_optimizer_does_not_see_it()
    {
        var aggregator = New(Skip);
        Give(aggregator);
        Assert.Equal(StepVerdict.Take, aggregator.Verdict);
        aggregator.Commit();
        var (weights, state) = (aggregator.Current.ToArray(), aggregator.State.Clone());
        Assert.Contains(state[0].ToArray(), element => element != 0);

        Give(aggregator, gradient => gradient[70] = float.NaN);

        Assert.Equal(StepVerdict.Skip, aggregator.Verdict);
        Assert.Equal(Enumerable.Range(0, aggregator.Chunks), aggregator.JustMade);
        aggregator.Commit();
        Assert.Equal((2L, false), (aggregator.Step, aggregator.IsBetweenVersions));
        Assert.Equal(weights, aggregator.Current.ToArray());
        for (var i = 0; i < state.Names.Count; i++) Assert.Equal(state[i].Span, aggregator.State[i].Span);

        Give(aggregator);
        Assert.Equal((StepVerdict.Take, (NonFiniteElement?)null), (aggregator.Verdict, aggregator.Wrong));
        aggregator.Commit();
        Assert.NotEqual(weights, aggregator.Current.ToArray());
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_enough()
    {
        var aggregator = New(Skip);
        Give(aggregator, loss: double.NaN);
        Assert.Equal((StepVerdict.Skip, (NonFiniteElement?)null), (aggregator.Verdict, aggregator.Wrong));
    }

    [Fact]
    public void Nothing_is_skipped_where_the_weights_are_at_fault()
    {
        var weights = Skip.Model.Parameters.InitialWeights(Skip.Seed);
        weights[5] = float.NaN;
        var aggregator = new Aggregator(Skip, weights, Skip.Optimizer.NewState(weights.Length), 0, ChunkElements);
        Give(aggregator, loss: double.NaN);

        Assert.Equal(StepVerdict.Stop, aggregator.Verdict);
        Assert.Equal(new NonFiniteElement("linear1.weight", 5, float.NaN), aggregator.FirstNonFinite());
        Assert.Empty(aggregator.JustMade);
    }

    private static Aggregator New(TrainingSetup setup)
    {
        var weights = setup.Model.Parameters.InitialWeights(setup.Seed);
        return new Aggregator(setup, weights, setup.Optimizer.NewState(weights.Length), 0, ChunkElements);
    }

    /// <summary>The sums over shards 0-3 and 4-7, the last chunk first, each gradient as it is or changed.</summary>
    private static void Give(Aggregator aggregator, Action<float[]>? left = null, Action<float[]>? right = null, double loss = 1)
    {
        foreach (var (first, change) in new[] { (0, left), (4, right) })
        {
            var gradient = new float[aggregator.Elements];
            Array.Fill(gradient, 0.5f);
            change?.Invoke(gradient);
            for (var chunk = aggregator.Chunks - 1; chunk >= 0; chunk--)
            {
                var elements = Math.Min(ChunkElements, gradient.Length - (chunk * ChunkElements));
                Assert.Null(aggregator.Add(new TensorChunk(new ChunkHeader(ChunkKind.Partial, aggregator.Step, chunk, first, 4, elements),
                    gradient.AsMemory(chunk * ChunkElements, elements))));
            }
            aggregator.AddLoss(new ShardRange(first, 4), new LossSum(loss, 1, 16));
        }
    }
}
