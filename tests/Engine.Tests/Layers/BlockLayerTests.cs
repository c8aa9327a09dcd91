using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;
using Distributed.Engine.Inspection;
using Distributed.Engine.Layers;

namespace Distributed.Engine.Tests.Layers;

/// <summary>Activations, normalization, dropout and residual blocks as layers.</summary>
public class BlockLayerTests
{
    private static Value Apply(Layer layer, params int[] sample)
    {
        var graph = new Graph();
        return layer.Apply(graph.Input("x", Shape.Batched(new Shape(sample))), "it", []);
    }

    [Fact]
    public void Each_layer_adds_its_operation()
    {
        Assert.IsType<Engine.Operations.Identity>(Apply(new Identity(), 3).Operation);
        Assert.IsType<Engine.Operations.Step>(Apply(new Step(), 3).Operation);
        Assert.IsType<Engine.Operations.Softmax>(Apply(new Softmax(), 3).Operation);
        Assert.Equal(0.5f, Assert.IsType<Engine.Operations.Elu>(Apply(new ELU(0.5f), 3).Operation).Alpha);
        Assert.Equal(0.25f, Assert.IsType<Engine.Operations.Dropout>(Apply(new Dropout(0.25f), 3).Operation).Rate);
        Assert.Equal(0.5f, Assert.IsType<Engine.Operations.BatchNorm>(Apply(new BatchNorm(0.1f, 0.5f), 3).Operation).Epsilon);
        Assert.Equal(0.5f, Assert.IsType<Engine.Operations.LayerNorm>(Apply(new LayerNorm(0.5f), 3).Operation).Epsilon);
    }

    [Fact]
    public void Batch_normalization_has_two_trained_parameters_and_two_statistics_a_channel()
    {
        var parameters = Apply(new BatchNorm(0.25f), 3, 5, 5).Graph.Parameters;
        Assert.Equal(["it.gain [3] Norm 0", "it.shift [3] Norm 0", "it.mean [3] Statistic 0.25", "it.variance [3] Statistic 0.25"],
            parameters.Slices.Select(slice => $"{slice.Name} {slice.Shape} {slice.Role} {slice.StatisticRate}").ToArray());
        Assert.Equal([1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1], parameters.InitialWeights(1));
    }

    [Fact]
    public void Layer_normalization_has_a_gain_and_a_shift_a_feature()
    {
        var parameters = Apply(new LayerNorm(), 2, 2).Graph.Parameters;
        Assert.Equal(["it.gain [2, 2] Norm", "it.shift [2, 2] Norm"],
            parameters.Slices.Select(slice => $"{slice.Name} {slice.Shape} {slice.Role}").ToArray());
        Assert.Equal([1, 1, 1, 1, 0, 0, 0, 0], parameters.InitialWeights(1));
    }

    [Fact]
    public void A_residual_block_adds_what_its_body_gives_to_what_goes_in()
    {
        var graph = new Graph();
        var x = graph.Input("x", new Shape(Shape.Batch, 2));
        var y = new Residual(new Sequential(new Linear(4), new ReLU(), new Linear(2))).Apply(x, "residual1", []);
        Assert.IsType<Engine.Operations.Add>(y.Operation);
        Assert.Same(x, y.Inputs[1]);
        Assert.Equal(["residual1.linear1.weight", "residual1.linear1.bias", "residual1.linear2.weight", "residual1.linear2.bias"],
            graph.Parameters.Slices.Select(slice => slice.Name).ToArray());

        var executor = new Executor<float>(graph, y, 1);
        new[] { 3f, 4 }.CopyTo(executor.Input(x, 1));
        var weights = new float[graph.Parameters.Count];
        weights[^2] = 0.5f; // a bias of the last layer
        executor.Forward(weights, 1);
        Assert.Equal([3.5f, 4], executor.Values(y).ToArray());
    }

    [Fact]
    public void A_shortcut_may_change_the_shape_as_the_body_does()
    {
        var y = Apply(new Residual(new Sequential(new Linear(4)), new Sequential(new Linear(4), new ReLU())), 2);
        Assert.Equal(new Shape(Shape.Batch, 4), y.Shape);
        Assert.Equal(["it.linear1.weight", "it.linear1.bias", "it.shortcut.linear1.weight", "it.shortcut.linear1.bias"],
            y.Graph.Parameters.Slices.Select(slice => slice.Name).ToArray());
    }

    [Fact]
    public void The_activation_behind_a_block_picks_the_initialization_inside()
    {
        var graph = new Graph();
        var network = new Sequential(new Linear(2), new Residual(new Sequential(new Linear(2), new Tanh(), new Linear(2))), new ReLU());
        network.Apply(graph.Input("x", new Shape(Shape.Batch, 2)), "", []);
        Assert.Equal([typeof(GlorotUniform), typeof(GlorotUniform), typeof(HeNormal)], graph.Parameters.Slices
            .Where(slice => slice.Role == ParameterRole.Weight).Select(slice => slice.Initializer.GetType()).ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Equal("Residual \"it\": the body gives [B, 3], its input is [B, 2]: equal shapes are wanted, so a shortcut that changes the "
            + "shape as the body does", Refusal(new Residual(new Sequential(new Linear(3))), 2));
        Assert.Equal("Residual \"it\": the body gives [B, 3], the shortcut gives [B, 4]: equal shapes are wanted",
            Refusal(new Residual(new Sequential(new Linear(3)), new Sequential(new Linear(4))), 2));
        Assert.Equal("Softmax \"it\": input has shape [B, 2, 3], [B, features] is wanted: put a flatten before it", Refusal(new Softmax(), 2, 3));
        Assert.Equal("BatchNorm \"it\": input has shape [B], [B, C] or [B, C, …] is wanted", Refusal(new BatchNorm()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchNorm(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Constant(float.NaN));

        static string Refusal(Layer layer, params int[] sample) => Assert.Throws<ShapeException>(() => Apply(layer, sample)).Message;
    }

    [Fact]
    public void Blocks_of_equal_layers_are_equal()
    {
        Assert.Equal(Block(2), Block(2));
        Assert.Equal(Block(2).GetHashCode(), Block(2).GetHashCode());
        Assert.NotEqual(Block(2), Block(3));

        static Residual Block(int outputs) => new(new Sequential(new Linear(outputs), new ReLU()), new Sequential(new Linear(outputs)));
    }

    [Fact]
    public void A_block_sees_as_far_as_the_farther_of_its_branches_and_is_described_with_what_is_inside()
    {
        var network = new Sequential(new Conv2d(4), new Residual(
            new Sequential(new Conv2d(6), new BatchNorm()), new Sequential(new Conv2d(6) { Kernel = 1 })), new ReLU());
        var summary = ModelSummary.Of(network, new Shape(1, 8, 8));
        Assert.Equal(["conv1 0 3 x 3 40+0", "residual1 0 5 x 5 264+12", "residual1.conv1 1 5 x 5 222+0", "residual1.batch-norm1 1 5 x 5 12+12",
            "residual1.shortcut.conv1 1 3 x 3 30+0", "relu1 0 5 x 5 0+0"],
            summary.Layers.Select(layer => $"{layer.Name} {layer.Depth} {layer.Reach} {layer.Trained}+{layer.Statistics}").ToArray());
    }
}
