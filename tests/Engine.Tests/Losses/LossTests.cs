using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Losses;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Losses;

public class LossTests
{
    private static readonly ValueTarget Numbers = new(new Shape(1, 3));

    [Fact]
    public void A_loss_over_classes_takes_a_score_for_each_and_the_label_as_it_is()
    {
        float[] target = [9, 9, 9];
        foreach (var loss in new Loss[] { new SoftmaxCrossEntropyLoss(), new MulticlassHingeLoss(), new MarginLoss(), new PerceptronLoss() })
        {
            Assert.Equal([new Shape(3)], loss.ScoreShapes(new ClassTarget(3)));
            Assert.Empty(loss.ScoreShapes(Numbers));
            Assert.Empty(loss.ScoreShapes(new ClassTarget(1)));
            Assert.Equal(Shape.Scalar, loss.TargetShape(new ClassTarget(3), new Shape(3)));
            loss.WriteTarget(new ClassTarget(3), [2], target.AsSpan(0, 1));
            Assert.Equal([2, 9, 9], target);
        }
    }

    [Fact]
    public void A_loss_over_numbers_takes_them_of_any_shape_and_a_class_as_its_one_hot_vector()
    {
        float[] target = [9, 9, 9];
        foreach (var loss in new Loss[] { new SquaredLoss(), new MeanAbsoluteLoss(), new HuberLoss(), new BinaryCrossEntropyLoss() })
        {
            Assert.Equal(new Shape(3), loss.TargetShape(new ClassTarget(3), new Shape(3)));
            loss.WriteTarget(new ClassTarget(3), [1], target);
            Assert.Equal([0, 1, 0], target);
            Assert.Equal([new Shape(1, 3), new Shape(3)], loss.ScoreShapes(Numbers));
            loss.WriteTarget(Numbers, [1, 0.5f, 0], target);
            Assert.Equal([1, 0.5f, 0], target);
            Assert.Empty(loss.ScoreShapes(new ClassMapTarget(2, 4, 4)));
            foreach (var shape in loss.ScoreShapes(Numbers))
            {
                var graph = new Graph();
                Assert.Equal(new Shape(Shape.Batch), loss.Apply(graph.Input("scores", Shape.Batched(shape)),
                    graph.Input("targets", Shape.Batched(loss.TargetShape(Numbers, shape)))).Shape);
            }
        }
    }

    [Fact]
    public void Two_classes_can_be_parted_by_one_score()
    {
        foreach (var loss in new Loss[] { new BinaryCrossEntropyLoss(), new MarginLoss(), new PerceptronLoss() })
            Assert.Equal([new Shape(1), new Shape(2)], loss.ScoreShapes(new ClassTarget(2)));
        var target = new float[1];
        new BinaryCrossEntropyLoss().WriteTarget(new ClassTarget(2), [1], target);
        Assert.Equal([1], target);
    }

    [Fact]
    public void A_binary_target_that_is_no_probability_is_refused() => Assert.Equal(
        "binary-cross-entropy: a target is 1.5; numbers from 0 to 1 are wanted",
        Assert.Throws<DataException>(() => new BinaryCrossEntropyLoss().WriteTarget(Numbers, [0, 1.5f, 0], new float[3])).Message);

    [Fact]
    public void A_class_a_pixel_is_for_the_loss_over_pixels_alone()
    {
        var map = new ClassMapTarget(3, 4, 5);
        var loss = new PixelCrossEntropyLoss(0.25f);
        Assert.Equal([new Shape(3, 4, 5)], loss.ScoreShapes(map));
        Assert.Empty(loss.ScoreShapes(new ClassTarget(3)));
        Assert.Empty(new SoftmaxCrossEntropyLoss().ScoreShapes(map));
        var graph = new Graph();
        var losses = loss.Apply(graph.Input("scores", new Shape(Shape.Batch, 3, 4, 5)),
            graph.Input("targets", Shape.Batched(loss.TargetShape(map, new Shape(3, 4, 5)))));
        Assert.Equal(new Shape(Shape.Batch), losses.Shape);
        Assert.Equal(0.25f, Assert.IsType<PixelCrossEntropy>(losses.Operation).Settings.Smoothing);
    }

    [Theory]
    [InlineData("softmax-cross-entropy", 4, typeof(SoftmaxCrossEntropy))]
    [InlineData("multiclass-hinge", 4, typeof(MulticlassHinge))]
    [InlineData("squared", 4, typeof(SquaredError))]
    [InlineData("mean-absolute", 4, typeof(AbsoluteError))]
    [InlineData("huber", 4, typeof(Huber))]
    [InlineData("binary-cross-entropy", 4, typeof(BinaryCrossEntropy))]
    [InlineData("binary-cross-entropy", 1, typeof(BinaryCrossEntropy))]
    [InlineData("max-margin", 4, typeof(MulticlassMargin))]
    [InlineData("max-margin", 1, typeof(BinaryMargin))]
    [InlineData("perceptron", 4, typeof(MulticlassMargin))]
    [InlineData("perceptron", 1, typeof(BinaryMargin))]
    public void Each_loss_adds_its_operation_and_gives_one_loss_a_sample(string name, int scores, Type operation)
    {
        Loss[] all = [new SoftmaxCrossEntropyLoss(), new MulticlassHingeLoss(2), new SquaredLoss(), new MeanAbsoluteLoss(), new HuberLoss(2),
            new BinaryCrossEntropyLoss(), new MarginLoss(2), new PerceptronLoss()];
        var loss = all.Single(loss => loss.Name == name);
        var classes = new ClassTarget(Math.Max(scores, 2));
        var graph = new Graph();
        var losses = loss.Apply(graph.Input("scores", new Shape(Shape.Batch, scores)),
            graph.Input("targets", Shape.Batched(loss.TargetShape(classes, new Shape(scores)))));
        Assert.Equal(new Shape(Shape.Batch), losses.Shape);
        Assert.IsType(operation, losses.Operation);
        Assert.Equal(name == "perceptron" ? 0f : 2f, losses.Operation switch
        {
            MulticlassHinge hinge => hinge.Margin,
            MulticlassMargin margin => margin.Margin,
            BinaryMargin margin => margin.Margin,
            Huber huber => huber.Delta,
            _ => 2,
        });
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MarginLoss(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HuberLoss(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SoftmaxCrossEntropyLoss(1));
    }
}
