using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class ShapeTests
{
    [Fact]
    public void Pairs_are_of_one_shape_or_with_a_scalar()
    {
        var graph = new Graph();
        var (s, v, b) = (graph.Input("s", Shape.Scalar), graph.Input("v", new Shape(2)), graph.Input("b", new Shape(Shape.Batch, 2)));
        Assert.Equal(v.Shape, (s * v).Shape);
        Assert.Equal(b.Shape, (b - s).Shape);
        Assert.Equal(Shape.Scalar, (s / s).Shape);
        Assert.Equal("add: left has shape [2], right has [B, 2]: equal shapes or a scalar [] are wanted",
            Assert.Throws<ShapeException>(() => v + b).Message);
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
    public void Every_operation_refuses_a_wrong_number_of_inputs()
    {
        foreach (var type in Cases.Operations)
        {
            var operation = Enumerable.Range(0, 100).SelectMany(seed => Cases.Make(type, seed).Graph.Values)
                .First(value => value.Operation?.GetType() == type).Operation!;
            Assert.Matches($"^{operation.Name}: takes [123] inputs?, got 4$",
                Run.Refusal(operation, Shape.Scalar, Shape.Scalar, Shape.Scalar, Shape.Scalar));
        }
    }
}
