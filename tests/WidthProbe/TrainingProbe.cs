using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Engine.Kernels;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.WidthProbe;

/// <summary>Whole trainings of a few steps: every layer and every optimizer at work, down to the weights.</summary>
internal static class TrainingProbe
{
    public static void Run()
    {
        var digits = Glyphs.Generate(40, 0.1f, 1, seed: 1).WithScaler(Scaler.Unit);
        using (var dot = new Record("dot"))
        {
            var inputs = new Inputs(9);
            for (var length = 0; length <= 100; length++) dot.Add([(float)Reductions.Dot(inputs.Take(length), inputs.Take(length))]);
        }
        Sequential small = new(new Conv2d(3) { Kernel = 5, Stride = 3 }, new ReLU(), new Flatten(), new Linear(10));
        Optimizer[] optimizers =
        [
            new Sgd(0.05f, 0.9f, 1e-3f), new Sgd(0.05f, 0.9f, Nesterov: true), new AdaGrad(), new RmsProp(Momentum: 0.5f, WeightDecay: 0.01f),
            new Adam(0.01f, WeightDecay: 0.01f), new AdamW(0.01f), new SteepestDescent(Rate: 0.1f), new SteepestDescent(LineSearch.Exact, 0.1f),
        ];
        for (var i = 0; i < optimizers.Length; i++)
            Train($"train-{optimizers[i].GetType().Name}-{i}", small, digits, optimizers[i], new ElasticNet(1e-4f, 1e-3f), clip: 1);

        Train("train-residual", new Sequential(new Conv2d(4) { Stride = 2 }, new BatchNorm(), new ReLU(),
            new Residual(new Sequential(new Conv2d(4), new BatchNorm(), new ELU(), new Dropout(0.2f), new Conv2d(4) { Groups = 2 })),
            new AveragePool(7), new Flatten(), new LayerNorm(), new Linear(10)), digits, new Sgd(0.1f, 0.9f), null);
        Train("train-pooled", new Sequential(new Conv2d(8) { Kernel = 5 }, new ReLU(), new MaxPool(2), new Conv2d(20), new ReLU(), new MaxPool(2),
            new Flatten(), new Linear(10)), digits, new Sgd(0.05f, 0.9f), null);
        Train("train-contrast", new Sequential(new Conv2d(4) { Kernel = 5 }, new Tanh(), new LocalContrast(5) { Epsilon = 1 }, new L2Pool(2),
            new L2PoolMaps(2), new LocallyConnected(3) { Stride = 2 }, new LeakyReLU(), new Flatten(), new Linear(10)), digits, new Adam(), null);
        Train("train-deconvolution", new Sequential(new Conv2d(4), new MaxPool(2), new Sigmoid(), new Unpool(), new ConvTranspose2d(2), new Upsample(2),
            new MaxPool(8), new Flatten(), new Linear(10)), digits, new Adam(), null);
    }

    private static void Train(string name, Sequential network, DataSet data, Optimizer optimizer, Regularizer? regularizer, float? clip = null)
    {
        using var record = new Record(name);
        var model = new Model(network, data.SampleShape, data.Target, new SoftmaxCrossEntropyLoss());
        var whole = optimizer.NeedsFullBatch;
        var setup = new TrainingSetup(model, data, null, optimizer, regularizer, whole ? data.Count : 12, 4, 2, Seed: 3)
        {
            ClipNorm = whole ? null : clip,
            RateSchedule = whole ? null : new CosineSchedule(),
        };
        var weights = LocalTrainer.Run(setup).Weights;
        if (!weights.All(float.IsFinite)) throw new InvalidOperationException($"{name} diverged: its bits say nothing");
        record.Add(weights);
    }
}
