using Distributed.Jobs.Reading;

namespace Distributed.Jobs.Tests.Reading;

public class NearestTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("relu", "", 4)]
    [InlineData("lineer", "linear", 1)]
    [InlineData("ouputs", "outputs", 1)]
    [InlineData("moemntum", "momentum", 1)]
    [InlineData("sgd", "adam", 4)]
    public void Distance_counts_edits_and_swaps(string a, string b, int distance)
    {
        Assert.Equal(distance, Nearest.Distance(a, b));
        Assert.Equal(distance, Nearest.Distance(b, a));
    }

    [Theory]
    [InlineData("thanh", "tanh")]
    [InlineData("SIGMOID", "sigmoid")]
    [InlineData("leaky", "leaky-relu")]
    [InlineData("convolution", "")]
    public void Near_names_are_offered_and_far_ones_are_not(string came, string near) =>
        Assert.Equal(near, string.Join(' ', Nearest.Of(came, ["flatten", "leaky-relu", "linear", "relu", "sigmoid", "tanh"])));
}
