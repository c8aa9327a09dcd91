using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;
using Distributed.Engine.Optimizers;

namespace Distributed.Jobs.Tests.Reading;

public class OverridesTests
{
    [Fact]
    public void Values_are_replaced_or_added()
    {
        var job = TestJobs.Read(TestJobs.Spiral, "epochs=3", "seed=7", "name=other", "regularizer.l2.strength=0.5", "checkpoint.every=9");
        Assert.Equal((3, 7UL, "other"), (job.Epochs, job.Seed, job.Name));
        Assert.Equal(new L2(0.5f), job.Regularizer);
        Assert.Equal(new Checkpoint(9), job.Checkpoint);
    }

    [Theory]
    [InlineData("optimizer.sgd.rate=0.1", 0.1f, 0f)]
    [InlineData("optimizer.rate=0.1", 0.1f, 0f)]
    [InlineData("optimizer.momentum=0.25", 0.5f, 0.25f)]
    [InlineData("optimizer.sgd=0.1", 0.1f, 0f)]
    [InlineData("optimizer={sgd: {rate: 2, momentum: 0.5}}", 2f, 0.5f)]
    public void The_name_of_the_kind_may_be_left_out(string set, float rate, float momentum) =>
        Assert.Equal(new Sgd(rate, momentum), TestJobs.Read(TestJobs.Spiral, set).Optimizer);

    [Fact]
    public void A_main_value_in_the_text_stays_when_another_key_is_set()
    {
        var text = TestJobs.Spiral.Replace("{sgd: {rate: 0.5}}", "{sgd: 0.5}", StringComparison.Ordinal);
        Assert.Equal(new Sgd(0.5f, 0.9f), TestJobs.Read(text, "optimizer.momentum=0.9").Optimizer);
    }

    [Fact]
    public void Layers_are_reached_by_their_place()
    {
        var job = TestJobs.Read(TestJobs.Spiral, "model[0].linear=50", "model[1]=tanh", "model[2].init={gaussian: 0.5}");
        Assert.Equal([new Linear(50), new Tanh(), new Linear(3, new Gaussian(0.5f))], job.Model.Layers);
        Assert.Equal(new Linear(8), TestJobs.Read(TestJobs.Spiral, "model[0].outputs=8").Model.Layers[0]);
        Assert.Equal(new LeakyReLU(0.5f), TestJobs.Read(TestJobs.Spiral, "model[1].leaky-relu.slope=0.5").Model.Layers[1]);
    }

    [Fact]
    public void Another_kind_begins_afresh()
    {
        var job = TestJobs.Read(TestJobs.Spiral, "data.xor.copies=2", "model[2].outputs=2");
        Assert.Equal(new XorData { Copies = 2 }, job.Data);
        Assert.Equal(new IdxData { Folder = "/x=y" }, TestJobs.Read(TestJobs.Spiral, "data.idx.folder=/x=y").Data);
    }

    [Fact]
    public void Later_overrides_win() => Assert.Equal(5, TestJobs.Read(TestJobs.Spiral, "epochs=4", "epochs=5").Epochs);

    [Theory]
    [InlineData("epochs", ": wanted path=value, as in epochs=3")]
    [InlineData("=3", ": wanted path=value, as in epochs=3")]
    [InlineData("a..b=3", ": wanted a path of names and places in lists, as in model[0].linear.outputs, came a..b")]
    [InlineData("model[x]=3", ": wanted a path of names and places in lists, as in model[0].linear.outputs, came model[x]")]
    [InlineData("epochs=0", ", epochs: wanted a whole number from 1 to 1000000, came 0")]
    [InlineData("epochs=", ", epochs: wanted a whole number from 1 to 1000000, came nothing")]
    [InlineData("epochs=[", ", epochs: not valid YAML: ")]
    [InlineData("epochs.x=1", ", epochs: is a whole number from 1 to 1000000: there is nothing inside it, so x leads nowhere")]
    [InlineData("epoch=1", ", epoch: unknown key of job \"epoch\"; did you mean epochs? Known: ")]
    [InlineData("data.foldr=/x", ", data: unknown key of spiral \"foldr\"; Known: ")]
    [InlineData("data.point=3", ", data: unknown key of spiral \"point\"; did you mean points? Known: ")]
    [InlineData("data.spiral.point=3", ", data.spiral.point: unknown key of spiral \"point\"; did you mean points? Known: ")]
    [InlineData("data.idx.foldr=/x", ", data.idx.foldr: unknown key of idx \"foldr\"; did you mean folder? Known: ")]
    [InlineData("optimizer.bfgs.rate=1", ", optimizer: unknown key of sgd \"bfgs\"; Known: rate, momentum, weight_decay, nesterov, ")]
    [InlineData("model[3]=relu", ", model: has 3 items, numbered from 0; there is no [3]")]
    [InlineData("model.linear=3", ", model: is a list: wanted a place in it, as in model[0], came linear")]
    [InlineData("model[1].slope=3", ", model[1]: unknown key of relu \"slope\"; Known: ")]
    [InlineData("model[1].relu.slope=3", ", model[1].relu.slope: relu has no keys")]
    [InlineData("regularizer.strength=3", ", regularizer: unknown regularizer \"strength\"; Known: elastic-net, l1, l2, none")]
    [InlineData("data=&a 3", ", data: anchor &a is refused")]
    public void A_wrong_override_is_told_as_it_was_written(string set, string problem)
    {
        var only = Assert.Single(JobReader.Read(TestJobs.Spiral, "job.yaml", [set]).Problems);
        Assert.StartsWith($"--set {set}{problem}", only.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, only.Line);
    }

    [Fact]
    public void Problems_of_text_and_overrides_come_together()
    {
        Assert.Equal("""
            job.yaml, line 9, batch: wanted a whole number from 1 to 134217728, came 0
            --set epochs=0, epochs: wanted a whole number from 1 to 1000000, came 0
            """, TestJobs.Problems(TestJobs.Spiral.Replace("batch: 30", "batch: 0", StringComparison.Ordinal), "epochs=0"));
    }

    [Fact]
    public void An_override_can_mend_a_wrong_value() =>
        Assert.Equal(4, TestJobs.Read(TestJobs.Spiral.Replace("epochs: 2", "epochs: 0", StringComparison.Ordinal), "epochs=4").Epochs);

    [Fact]
    public void Too_many_overrides_are_refused() =>
        Assert.Equal("job.yaml: 257 overrides; at most 256 are read",
            TestJobs.Problems(TestJobs.Spiral, [.. Enumerable.Repeat("epochs=3", JobLimits.MaxOverrides + 1)]));
}
