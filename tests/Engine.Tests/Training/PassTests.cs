using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Training;

public class PassTests
{
    [Theory]
    [InlineData("power of two", 0, 1, 2, 3)]
    [InlineData("begin at sample 0", 1, 3)]
    [InlineData("hold at least one", 0, 0)]
    [InlineData("ends at sample 1, before it begins", 0, 2, 1, 3, 4)]
    [InlineData("power of two, got 0", 0)]
    public void Shards_that_are_none_are_refused(string said, params int[] offsets) =>
        Assert.Contains(said, Assert.Throws<ArgumentException>(() => new Pass(offsets)).Message);

    [Fact]
    public void Samples_are_those_of_all_shards()
    {
        Assert.Equal(7, new Pass(new[] { 0, 3, 3, 5, 7 }).Samples);
        Assert.Equal([0, 1000], new Pass(1000).Shards.ToArray());
        Assert.Equal((2, 9), (new Pass(3).SampleId(2), new Pass(3) { SampleIds = new[] { 5, 7, 9 } }.SampleId(2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pass(0));
    }
}
