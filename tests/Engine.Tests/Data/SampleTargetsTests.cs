using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public class SampleTargetsTests
{
    [Fact]
    public void Targets_of_every_kind_are_read_and_selected()
    {
        SampleTargets[] all =
        [
            new LabelTargets([2, 0, 1], 3),
            new ValueTargets([1.5f, 2, 3, 4, 5, 6], new Shape(2)),
            new ClassMapTargets([0, 1, 1, 0, 2, 2, 0, 0, 1, 1, 1, 1], 3, 2, 2),
        ];
        float[][] second = [[0], [3, 4], [2, 2, 0, 0]];
        for (var kind = 0; kind < all.Length; kind++)
        {
            var set = new MemoryDataSet([1, 2, 3], all[kind], new Shape(1));
            var read = new float[all[kind].Target.Shape.SampleElements];
            set.CopyTargets([1], read);
            Assert.Equal(second[kind], read);
            set.Select([2, 1]).CopyTargets([1], read);
            Assert.Equal(second[kind], read);
            Assert.NotEqual(set.Fingerprint, set.Select([2, 1, 0]).Fingerprint);
            Assert.Throws<ArgumentOutOfRangeException>(() => set.CopyTargets([3], read));
            Assert.Throws<ArgumentException>(() => set.CopyTargets([0, 1], read));
        }
    }

    [Theory]
    [InlineData("sample 1 has label 3; with 3 classes labels are 0 to 2")]
    [InlineData("2 numbers a sample, got 3")]
    [InlineData("sample 1 has the target NaN")]
    [InlineData("4 pixels a sample, got 5")]
    [InlineData("sample 1 has a pixel of class 7; with 3 classes they are 0 to 2")]
    public void What_is_no_target_is_refused(string said)
    {
        Action[] makes =
        [
            () => _ = new LabelTargets([2, 3], 3),
            () => _ = new ValueTargets([1, 2, 3], new Shape(2)),
            () => _ = new ValueTargets([1, 2, 3, float.NaN], new Shape(2)),
            () => _ = new ClassMapTargets(new byte[5], 3, 2, 2),
            () => _ = new ClassMapTargets([0, 0, 0, 0, 0, 7, 0, 0], 3, 2, 2),
        ];
        Assert.Single(makes, make => Assert.Throws<DataException>(make).Message.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public void A_reconstruction_is_to_give_back_what_it_was_given()
    {
        var source = new MemoryDataSet([1, 2, 3, 4], [0, 1], new Shape(2), 2);
        var set = new ReconstructionDataSet(source);
        float[] features = new float[2], targets = new float[2];
        set.CopyFeatures([1], features);
        set.CopyTargets([1], targets);
        Assert.Equal([3, 4], features);
        Assert.Equal(features, targets);
        Assert.Equal(new ValueTarget(new Shape(2)), set.Target);
        Assert.NotEqual(source.Fingerprint, set.Fingerprint);
        Assert.Throws<InvalidOperationException>(() => set.Label(0));
    }
}
