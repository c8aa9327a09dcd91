using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Training;

public class TrainingSetupTests
{
    [Fact]
    public void The_layout_follows_what_is_changed()
    {
        var setup = new TrainingSetup(new Model(new Linear(2), new Shape(3), 2, new SoftmaxCrossEntropyLoss()),
            new Blobs(50, new Shape(3), 2, seed: 1), null, new Sgd(1), null, 10, 4, 3, 1);
        Assert.Equal((50, 10, 4), (setup.Layout.Samples, setup.Layout.Batch, setup.Layout.Shards));
        var other = setup with { Batch = 25, Shards = 8, Train = new Blobs(60, new Shape(3), 2, seed: 1) };
        Assert.Equal((60, 25, 8), (other.Layout.Samples, other.Layout.Batch, other.Layout.Shards));
        Assert.Equal((15, 9), (setup.TotalSteps, other.TotalSteps));
        Assert.Throws<ArgumentOutOfRangeException>(() => (setup with { Shards = 3 }).Layout);
    }
}
