using Distributed.Engine.Data;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

var data = IdxImages.Load("data/mnist", Scaling.Standardize);
var network = new Sequential(new Flatten(), new Linear(512), new ReLU(), new Linear(10));
var setup = new TrainingSetup(
    new Model(network, data.Train.SampleShape, data.Train.Classes, new SoftmaxCrossEntropyLoss()),
    data.Train, data.Test, new Sgd(Rate: 0.05f, Momentum: 0.9f), Regularizer: null, Batch: 128, Shards: 8, Epochs: 2, Seed: 1);
var result = LocalTrainer.Run(setup, epoch => Console.WriteLine($"epoch {epoch.Epoch + 1}: {epoch.TestAccuracy:P1}"));
Console.WriteLine(result.Fingerprint);
