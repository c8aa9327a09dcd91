using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>Layers whose outcome hangs on random numbers or on other samples give the answer of the plain loop too.</summary>
public class OneAnswerOfLayersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Batch_normalization_and_dropout_over_any_number_of_workers(int workers)
    {
        var plain = TestRun.Setup();
        var network = new Sequential(new Linear(20), new BatchNorm(), new ReLU(),
            new Residual(new Sequential(new Linear(20), new BatchNorm(), new ReLU(), new Dropout(0.25f))), new Dropout(), new Linear(3));
        var setup = plain with
        {
            Model = new Model(network, plain.Train.SampleShape, 3, new SoftmaxCrossEntropyLoss(0.1f)),
            Regularizer = new ElasticNet(0.0001f, 0.001f),
        };
        var local = LocalTrainer.Run(setup);
        Assert.NotEqual(local.Fingerprint, LocalTrainer.Run(setup with { Seed = 8 }).Fingerprint);

        var run = await TestRun.InProcess(TestRun.Options(setup, workers), workers);

        Assert.Equal(RunEnd.Done, run.End);
        Assert.Equal(local.Fingerprint, run.Fingerprint);
        Assert.Equal(local.LossHistory, run.LossHistory);
        Assert.Equal(local.TestAccuracyHistory, run.AccuracyHistory);
    }
}
