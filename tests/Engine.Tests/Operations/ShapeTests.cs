using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class ShapeTests
{
    [Fact]
    public void Pairs_are_spread_over_each_other_as_NumPy_does()
    {
        var graph = new Graph();
        var (s, v, b) = (graph.Input("s", Shape.Scalar), graph.Input("v", new Shape(2)), graph.Input("b", new Shape(Shape.Batch, 2)));
        Assert.Equal(v.Shape, (s * v).Shape);
        Assert.Equal(b.Shape, (b - s).Shape);
        Assert.Equal(Shape.Scalar, (s / s).Shape);
        Assert.Equal(b.Shape, (v + b).Shape);
        Assert.Equal(new Shape(Shape.Batch, 3, 2), Pair(new Shape(Shape.Batch, 1, 2), new Shape(3, 1)));
        Assert.Equal(new Shape(Shape.Batch, 3), Pair(new Shape(1, 3), new Shape(Shape.Batch, 1)));
        Assert.Equal(new Shape(4, 3, 2), Pair(new Shape(2), new Shape(4, 3, 1)));
        Assert.Equal("add: left has shape [3], right has [B, 2]: from the last on, extents must be equal or 1, "
            + "and B must stay the first",
            Run.Refusal(new Add(), new Shape(3), new Shape(Shape.Batch, 2)));
        Assert.Contains("B must stay", Run.Refusal(new Add(), new Shape(Shape.Batch), new Shape(Shape.Batch, 2)));
        Assert.Contains("B must stay", Run.Refusal(new Add(), new Shape(Shape.Batch), new Shape(2, 1)));
        Assert.Contains("B must stay", Run.Refusal(new Add(), new Shape(4, 2), new Shape(Shape.Batch, 2)));

        Shape Pair(Shape left, Shape right) => (graph.Input("left", left) + graph.Input("right", right)).Shape;
    }

    [Fact]
    public void Matrices_must_fit()
    {
        Assert.Equal("matmul: left has shape [B, 3], right has [2, 4]: [m, k] or [B, k] and [k, n] are wanted",
            Run.Refusal(new MatMul(), new Shape(Shape.Batch, 3), new Shape(2, 4)));
        Assert.Contains("right has [B, 3]", Run.Refusal(new MatMul(), new Shape(2, 3), new Shape(Shape.Batch, 3)));
        Assert.Contains("left has shape [3]", Run.Refusal(new MatMul(), new Shape(3), new Shape(3, 3)));
    }

    [Fact]
    public void A_reshape_keeps_the_elements_of_a_sample()
    {
        Assert.Equal("reshape: input [B, 2, 3] has 6 elements a sample, [5] wants 5",
            Run.Refusal(new Reshape(new Shape(5)), new Shape(Shape.Batch, 2, 3)));
        Assert.Throws<ShapeException>(() => new Reshape(new Shape(Shape.Batch, 5)));
        var graph = new Graph();
        var x = graph.Input("x", new Shape(Shape.Batch, 2, 3));
        Assert.Equal(new Shape(Shape.Batch, 6), graph.Apply(new Reshape(new Shape(6)), x).Shape);
    }

    [Fact]
    public void Axes_are_named_once_and_exist()
    {
        var shape = new Shape(Shape.Batch, 2, 3);
        Assert.Equal("sum: axis 3 was asked for, [B, 2, 3] has axes -3 to 2", Run.Refusal(new Sum([3]), shape));
        Assert.Equal("mean: axis -1 of [B, 2, 3] is named twice", Run.Refusal(new Mean([2, -1]), shape));
        Assert.Equal("sum: axis 0 was asked for, a scalar [] has none", Run.Refusal(new Sum([0]), Shape.Scalar));
        Assert.Equal("slice: axis 0 of [B, 2, 3] is the batch dimension, an axis of the sample is wanted",
            Run.Refusal(new Slice(0, 1), shape));
        Assert.Equal("slice: [2:1:1] of axis 2 of [B, 2, 3] is empty or begins outside 0..2",
            Run.Refusal(new Slice(2, 2, 1), shape));
        Assert.Contains("begins outside", Run.Refusal(new Slice(2, 3), shape));
        Assert.Contains("begins outside", Run.Refusal(new Slice(2, -4), shape));
        Assert.Contains("is not 0", Assert.Throws<ArgumentOutOfRangeException>(() => new Slice(1, step: 0)).Message);
        Assert.Equal("softmax: axis -1 of [B] is the batch dimension, an axis of the sample is wanted",
            Run.Refusal(new Softmax(), new Shape(Shape.Batch)));
        Assert.Equal("transpose: the order (0, 1, 1) does not name every axis of [B, 2, 3] once",
            Run.Refusal(new Transpose(0, 1, 1), shape));
        Assert.Equal("transpose: the order (1, 0, 2) moves the batch dimension of [B, 2, 3], which stays first",
            Run.Refusal(new Transpose(1, 0, 2), shape));
        Assert.Equal("concatenate: input 1 has shape [B, 3, 3], input 0 has [B, 2, 3]: equal extents are wanted but along axis 2",
            Run.Refusal(new Concatenate(-1), shape, new Shape(Shape.Batch, 3, 3)));
        Assert.Contains("input 1 has shape [2, 3]", Run.Refusal(new Concatenate(-1), shape, new Shape(2, 3)));
        Assert.Contains("at least 1 input", Run.Refusal(new Concatenate(-1)));
        Assert.Equal("broadcast: [B, 2, 3] cannot be spread over [2, 3]: from the last on, each of its extents must be 1 "
            + "or that of the target",
            Run.Refusal(new Broadcast(new Shape(2, 3)), shape));
    }

    [Fact]
    public void Every_operation_refuses_a_wrong_number_of_inputs()
    {
        foreach (var type in Cases.Operations.Where(type => type != typeof(Concatenate)))
        {
            var operation = Enumerable.Range(0, 100).SelectMany(seed => Cases.Make(type, seed).Graph.Values)
                .First(value => value.Operation?.GetType() == type).Operation!;
            Assert.Matches($"^{operation.Name}: takes [1235] inputs?, got 4$",
                Run.Refusal(operation, Shape.Scalar, Shape.Scalar, Shape.Scalar, Shape.Scalar));
        }
    }
}
