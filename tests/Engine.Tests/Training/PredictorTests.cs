using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Training;

public class PredictorTests
{
    private static readonly Model Net = new(new Sequential(new Linear(4), new BatchNorm(), new Dropout(), new Tanh(), new Linear(3)), new Shape(2), 3,
        new SoftmaxCrossEntropyLoss());

    [Fact]
    public void Scores_are_those_of_evaluation_whoever_else_is_in_the_pass()
    {
        var weights = Net.Parameters.InitialWeights(5);
        float[] features = [1, 2, -3, 0.5f, 0, 7];
        var executor = new Executor<float>(Net.Graph, Net.Scores, 1);
        var predictor = new Predictor(Net, weights, 3);
        var all = predictor.Scores(features).ToArray();
        for (var sample = 0; sample < 3; sample++)
        {
            features.AsSpan(2 * sample, 2).CopyTo(executor.Input(Net.Features, 1));
            executor.Forward(weights, 1);
            AssertBits.Equal(executor.Values(Net.Scores), all.AsSpan(3 * sample, 3));
            AssertBits.Equal(all.AsSpan(3 * sample, 3), predictor.Scores(features.AsSpan(2 * sample, 2)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(8)]
    public void Features_that_are_no_samples_are_refused(int features)
    {
        var predictor = new Predictor(Net, Net.Parameters.InitialWeights(5), 3);
        Assert.Throws<ArgumentException>(() => predictor.Scores(new float[features]).Length);
    }
}
