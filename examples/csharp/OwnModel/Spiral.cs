using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

public static class Spiral
{
    public static TrainingSetup Setup()
    {
        var points = Spirals.Generate(arms: 3, samplesPerArm: 100, noise: 0.2f, seed: 1);
        var network = new Sequential(new Linear(64), new Swish(), new Linear(points.Classes));
        var model = new Model(network, points.SampleShape, points.Classes, new SoftmaxCrossEntropyLoss());
        return new TrainingSetup(model, points, Test: points, new Sgd(Rate: 0.5f), Regularizer: null, Batch: 100, Shards: 4, Epochs: 300, Seed: 1);
    }
}

public sealed record Swish : Layer
{
    public override string Kind => "swish";

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) => input * input.Sigmoid();
}
