using Distributed.Engine.Inspection;
using Distributed.Engine.Layers;

namespace Distributed.Engine.Tests.Inspection;

public class ModelSummaryTests
{
    [Fact]
    public void Shapes_fields_and_parameters_layer_by_layer()
    {
        var summary = ModelSummary.Of(new Sequential(new Conv2d(6) { Kernel = 5 }, new ReLU(), new MaxPool(2), new Conv2d(16) { Kernel = 5, Padding = Padding.Valid },
            new Flatten(), new Linear(10)), new Shape(1, 28, 28));
        Assert.Equal(
            [
                "conv1 [6, 28, 28] 5 x 5 156", "relu1 [6, 28, 28] 5 x 5 0", "max-pool1 [6, 14, 14] 6 x 6 0", "conv2 [16, 10, 10] 14 x 14 2416",
                "flatten1 [1600] 14 x 14 0", "linear1 [10] all 16010",
            ], summary.Layers.Select(layer => $"{layer.Name} {layer.Output} {layer.Reach} {layer.Trained}"));
        Assert.Equal((156 + 2416 + 16010, 0), (summary.Trained, summary.Statistics));
    }

    /// <summary>The lectures' rule: a unit that pools P x P units of a layer with masks K x K sees (P + K − 1) x (P + K − 1).</summary>
    [Theory]
    [InlineData(2, 5)]
    [InlineData(3, 3)]
    [InlineData(4, 7)]
    public void Pooling_over_a_convolution_sees_P_plus_K_less_1(int pool, int kernel)
    {
        var summary = ModelSummary.Of(new Sequential(new Conv2d(1) { Kernel = kernel }, new MaxPool(pool)), new Shape(1, 30, 30));
        Assert.Equal($"{pool + kernel - 1} x {pool + kernel - 1}", $"{summary.Layers[^1].Reach}");
    }

    [Fact]
    public void A_single_layer_is_a_model_too() =>
        Assert.Equal(["linear [3]"], ModelSummary.Of(new Linear(3), new Shape(2)).Layers.Select(layer => $"{layer.Name} {layer.Output}"));
}
