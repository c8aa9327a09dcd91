using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Losses;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Losses;

public class LossTests
{
    [Fact]
    public void Each_loss_says_what_target_it_wants_and_writes_it()
    {
        float[] target = [9, 9, 9];
        foreach (var loss in new Loss[] { new SoftmaxCrossEntropyLoss(), new MulticlassHingeLoss() })
        {
            Assert.Equal([new Shape(3)], loss.ScoreShapes(new ClassTarget(3)));
            Assert.Empty(loss.ScoreShapes(new ValueTarget(new Shape(3))));
            Assert.Equal(Shape.Scalar, loss.TargetShape(new ClassTarget(3), new Shape(3)));
            loss.WriteTarget(new ClassTarget(3), [2], target.AsSpan(0, 1));
            Assert.Equal([2, 9, 9], target);
        }
        Assert.Equal(new Shape(3), new SquaredLoss().TargetShape(new ClassTarget(3), new Shape(3)));
        new SquaredLoss().WriteTarget(new ClassTarget(3), [1], target);
        Assert.Equal([0, 1, 0], target);
        var numbers = new ValueTarget(new Shape(1, 3));
        Assert.Equal([new Shape(1, 3), new Shape(3)], new SquaredLoss().ScoreShapes(numbers));
        new SquaredLoss().WriteTarget(numbers, [4, 5, 6], target);
        Assert.Equal([4, 5, 6], target);
    }

    [Theory]
    [InlineData("softmax-cross-entropy", typeof(SoftmaxCrossEntropy))]
    [InlineData("multiclass-hinge", typeof(MulticlassHinge))]
    [InlineData("squared", typeof(SquaredError))]
    public void Each_loss_adds_its_operation_and_gives_one_loss_a_sample(string name, Type operation)
    {
        Loss[] all = [new SoftmaxCrossEntropyLoss(), new MulticlassHingeLoss(2), new SquaredLoss()];
        var loss = all.Single(loss => loss.Name == name);
        var graph = new Graph();
        var losses = loss.Apply(graph.Input("scores", new Shape(Shape.Batch, 4)),
            graph.Input("targets", Shape.Batched(loss.TargetShape(new ClassTarget(4), new Shape(4)))));
        Assert.Equal(new Shape(Shape.Batch), losses.Shape);
        Assert.IsType(operation, losses.Operation);
        if (losses.Operation is MulticlassHinge hinge) Assert.Equal(2, hinge.Margin);
    }
}
