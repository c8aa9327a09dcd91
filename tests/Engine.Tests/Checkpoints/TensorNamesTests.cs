using Distributed.Engine.Checkpoints;

namespace Distributed.Engine.Tests.Checkpoints;

public class TensorNamesTests
{
    private static readonly HashSet<string> Ours = ["linear1.weight", "linear1.bias", "batch-norm1.gain", "batch-norm1.shift", "batch-norm1.mean", "batch-norm1.variance"];

    [Theory]
    [InlineData("linear1.weight", "linear1.weight")]
    [InlineData("fc.weight", "linear1.weight")]
    [InlineData("fc.odd", "linear1.bias")]
    [InlineData("fcx.weight", "fcx.weight")]
    [InlineData("net.bn.weight", "batch-norm1.gain")]
    [InlineData("net.bn.bias", "batch-norm1.shift")]
    [InlineData("net.bn.running_mean", "batch-norm1.mean")]
    [InlineData("net.bn.running_var", "batch-norm1.variance")]
    [InlineData("net.bn.num_batches_tracked", null)]
    [InlineData("batch-norm1.weight", "batch-norm1.gain")]
    [InlineData("linear1.num_batches_tracked", "linear1.num_batches_tracked")]
    [InlineData("net.head.weight", null)]
    [InlineData("net.other", "all.other")]
    public void A_name(string theirs, string? ours)
    {
        var names = new TensorNames(["fc=linear1", "fc.odd=linear1.bias", "net=all", "net.bn=batch-norm1", "net.head="]);
        Assert.Equal(ours, names.Of(theirs, Ours.Contains));
    }

    [Fact]
    public void Entries_that_name_nothing_are_known()
    {
        var names = new TensorNames(["a=x", "a.b=y", "c="]);
        names.Of("a.b.d", Ours.Contains);
        Assert.Equal(["a", "c"], names.Unused);
    }

    [Theory]
    [InlineData("theirs", "a map's entry is theirs=ours, as in 0=linear1 or 0.weight=linear1.weight, came \"theirs\"")]
    [InlineData("=ours", "came \"=ours\"")]
    [InlineData("fc=linear2", "two entries of the map are about \"fc\"; one is wanted")]
    public void Entries_that_are_wrong(string entry, string message) =>
        Assert.Contains(message, Assert.Throws<CheckpointException>(() => new TensorNames(["fc=linear1", entry])).Message, StringComparison.Ordinal);
}
