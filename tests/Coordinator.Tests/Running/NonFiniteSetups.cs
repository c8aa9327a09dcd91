using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Operations;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;
using BatchNorm = Distributed.Engine.Layers.BatchNorm;
using Linear = Distributed.Engine.Layers.Linear;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>Trainings in which a number is not finite, each for another reason.</summary>
internal static class NonFiniteSetups
{
    public static readonly string[] Names = ["explodes", "weights", "feature", "log", "backward", "sum"];

    public static TrainingSetup Of(string name) => name switch
    {
        // A learning rate with which the weights grow beyond all bounds.
        "explodes" => TestRun.Setup(rate: 1e30f),
        // Its first update overflows: the second step begins with such weights.
        "weights" => Regression(_ => 10, Zero(), batch: 32, target: 1000, rate: 3e38f),
        "feature" => Spirals([17, 71]),
        "log" => Regression(sample => sample == 41 ? 0 : 1, new Sequential(new OperationLayer(new Log()), new Linear(1)), batch: 32),
        // √0 is 0; its slope is not finite.
        "backward" => Regression(sample => sample == 41 ? 0 : 1,
            new Sequential(new Linear(1, new Constant(1)), new OperationLayer(new Square()), new OperationLayer(new Sqrt())), batch: 32),
        // One sample a shard with a gradient of −3·10^38: only their sum is too large, and no worker with one shard sees it.
        "sum" => Regression(_ => 3e38f, Zero(), batch: 8),
        _ => throw new ArgumentException(name),
    };

    /// <summary>The spirals of <see cref="TestRun.Setup"/>; some samples hold NaN. With statistics and an optimizer that keeps two vectors.</summary>
    public static TrainingSetup Spirals(int[] wrong, int epochs = 3)
    {
        var setup = TestRun.Setup(epochs);
        var (features, labels, all) = (new float[2 * setup.Train.Count], new float[setup.Train.Count], Enumerable.Range(0, setup.Train.Count).ToArray());
        setup.Train.CopyFeatures(all, features);
        setup.Train.CopyTargets(all, labels);
        foreach (var sample in wrong) features[2 * sample] = float.NaN;
        return setup with
        {
            Model = new Model(new Sequential(new Linear(20), new BatchNorm(), new ReLU(), new Linear(3)), setup.Train.SampleShape, 3, new SoftmaxCrossEntropyLoss()),
            Train = new MemoryDataSet(features, [.. labels.Select(label => (int)label)], setup.Train.SampleShape, 3),
            Optimizer = new Adam(0.01f),
            RateSchedule = new CosineSchedule(),
        };
    }

    private static Sequential Zero() => new(new Linear(1, new Constant(0)));

    private static TrainingSetup Regression(Func<int, float> feature, Sequential network, int batch, float target = 1, float rate = 0.1f)
    {
        var data = new MemoryDataSet([.. Enumerable.Range(0, 90).Select(feature)],
            new ValueTargets([.. Enumerable.Repeat(target, 90)], new Distributed.Engine.Shape(1)), new Distributed.Engine.Shape(1));
        return new TrainingSetup(new Model(network, data.SampleShape, data.Target, new MeanAbsoluteLoss()), data, null, new Sgd(rate), null, batch, 8,
            Epochs: 2, Seed: 7);
    }

    private sealed record OperationLayer(Operation Operation) : Layer
    {
        public override string Kind => Operation.Name;

        public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) => input.Graph.Apply(Operation, input);
    }
}
