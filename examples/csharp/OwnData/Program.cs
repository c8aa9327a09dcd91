using Distributed.Coordinator.Embedding;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

if (Trainer.IsWorker) return await Trainer.WorkAsync(WavesExperiment.Setup);
var result = await Trainer.RunAsync(WavesExperiment.Setup, new TrainerOptions { Workers = 2 });
Console.WriteLine($"{result.Epochs[^1].TestAccuracy:P1} {result.Fingerprint}");
return 0;

public static class WavesExperiment
{
    public static TrainingSetup Setup()
    {
        var (train, test) = (new Waves(1000, part: 0), new Waves(200, part: 1));
        var network = new Sequential(new Linear(32), new ReLU(), new Linear(train.Classes));
        var model = new Model(network, train.SampleShape, train.Classes, new SoftmaxCrossEntropyLoss());
        return new TrainingSetup(model, train, test, new Adam(), Regularizer: null, Batch: 50, Shards: 4, Epochs: 5, Seed: 1);
    }
}
