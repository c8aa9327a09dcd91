using Distributed.Coordinator.Cli.Predictions;
using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Cli.Predictions;

/// <summary>What is made of scores, for every kind of target and loss.</summary>
public sealed class PredictionTests
{
    private static readonly string[] Colours = ["red", "green", "blue"];

    [Fact]
    public void Classes_by_softmax()
    {
        var model = Of(new ClassTarget(3), new SoftmaxCrossEntropyLoss(), 3);
        var prediction = Prediction.Of("a", model, [0, MathF.Log(3), MathF.Log(4)]);

        Assert.Equal([2], prediction.Classes);
        Assert.Equal([0.125f, 0.375f, 0.5f], prediction.Probabilities!.Select(one => MathF.Round(one, 6)));
        Assert.Equal(["sample  class  P(red)  P(green)  P(blue)", "a       blue   0.1250  0.3750    0.5000"], Table(model, prediction, Colours));
        Assert.Equal(["sample  class  probability  class 2  probability 2", "a       blue   0.5000       green    0.3750"], Table(model, prediction, Colours, 2));
        Assert.Matches(
            """^{"sample":"a","class":2,"class_name":"blue","top":\[{"class":2,"class_name":"blue","probability":0\.5\d*}\]"""
                + ""","probabilities":\[0\.12\d+,0\.37\d+,0\.5\d*\],"scores":\[0,1\.09\d+,1\.38\d+\]}$""",
            PredictionWriter.Json(model, Colours, 1, [prediction]).ElementAt(1));
    }

    [Fact]
    public void Two_classes_by_one_score()
    {
        var model = Of(new ClassTarget(2), new BinaryCrossEntropyLoss(), 1);
        Assert.Equal(["sample  class  P(0)    P(1)", "a       1      0.2500  0.7500"], Table(model, Prediction.Of("a", model, [MathF.Log(3)])));
        Assert.Equal(["sample  class  probability  class 2  probability 2", "a       0      0.7500       1        0.2500"],
            Table(model, Prediction.Of("a", model, [-MathF.Log(3)]), top: 2));
    }

    [Fact]
    public void Margins_have_scores_and_no_probabilities()
    {
        var (one, each) = (Of(new ClassTarget(2), new MarginLoss(), 1), Of(new ClassTarget(3), new MulticlassHingeLoss(), 3));
        Assert.Null(Prediction.Of("a", one, [-2]).Probabilities);
        Assert.Equal(["sample  class  score", "a       0      -2.0000"], Table(one, Prediction.Of("a", one, [-2])));
        Assert.Equal(["sample  class  score", "a       1      2.0000"], Table(one, Prediction.Of("a", one, [2]), top: 2));
        Assert.Equal(["sample  class  score red  score green  score blue", "a       green  -1.0000    4.0000       0.5000"],
            Table(each, Prediction.Of("a", each, [-1, 4, 0.5f]), Colours));
    }

    [Fact]
    public void A_class_for_every_pixel()
    {
        var model = new Model(new Identity(), new Shape(2, 2, 2), new ClassMapTarget(2, 2, 2), new PixelCrossEntropyLoss());
        var prediction = Prediction.Of("a", model, [1, 0, 0, 0, 0, 1, 1, 1]);

        Assert.Equal([0, 1, 1, 1], prediction.Classes);
        Assert.Equal(["sample  pixels 0  pixels 1", "a       0.2500    0.7500"], Table(model, prediction));
        Assert.Equal(["[", """{"sample":"a","classes":[[0,1],[1,1]]}""", "]"], PredictionWriter.Json(model, [], null, [prediction]));
    }

    [Fact]
    public void Numbers_as_they_are_and_where_several_labels_hold_at_once_their_probabilities()
    {
        var (numbers, labels) = (Of(new ValueTarget(new Shape(12)), new SquaredLoss(), 12), Of(new ValueTarget(new Shape(2)), new BinaryCrossEntropyLoss(), 2));
        var many = Prediction.Of("a", numbers, [.. Enumerable.Range(0, 12).Select(i => (float)i)]);

        Assert.Empty(many.Classes);
        Assert.EndsWith("output 9  and 2 more", Table(numbers, many)[0], StringComparison.Ordinal);
        Assert.EndsWith(",output 10,output 11", PredictionWriter.Csv(numbers, [], null, [many]).First(), StringComparison.Ordinal);
        Assert.Equal("a,0,1,2,3,4,5,6,7,8,9,10,11", PredictionWriter.Csv(numbers, [], null, [many]).Last());
        Assert.Equal(["sample  probability 0  probability 1", "a       0.5000         0.7500"], Table(labels, Prediction.Of("a", labels, [0, MathF.Log(3)])));
    }

    [Fact]
    public void Of_many_classes_a_table_has_the_first_five_by_rank()
    {
        var model = Of(new ClassTarget(11), new SoftmaxCrossEntropyLoss(), 11);
        var prediction = Prediction.Of("a", model, [.. Enumerable.Range(0, 11).Select(i => (float)i)]);
        Assert.StartsWith("a       10     0.6321       9        0.2325", Table(model, prediction)[1], StringComparison.Ordinal);
        Assert.EndsWith("probability 5", Table(model, prediction)[0], StringComparison.Ordinal);
        Assert.Equal(13, PredictionWriter.Csv(model, [], null, [prediction]).Last().Split(',').Length);
    }

    [Fact]
    public void Names_that_a_csv_file_cannot_hold_are_quoted_and_numbers_that_json_cannot_are_null()
    {
        var model = Of(new ClassTarget(2), new SoftmaxCrossEntropyLoss(), 2);
        Assert.Equal("\"a, \"\"b\"\"\",\"r,g\",1,0", PredictionWriter.Csv(model, ["r,g", "b"], null, [Prediction.Of("a, \"b\"", model, [200, 0])]).Last());
        Assert.EndsWith("""
            "probabilities":[null,null],"scores":[null,1]}
            """, PredictionWriter.Json(model, [], null, [Prediction.Of("a", model, [float.NaN, 1])]).ElementAt(1), StringComparison.Ordinal);
    }

    private static string[] Table(Model model, Prediction prediction, IReadOnlyList<string>? names = null, int? top = null) =>
        [.. PredictionWriter.Table(model, names ?? [], top, [prediction])];

    private static Model Of(Target target, Loss loss, int scores) => new(new Linear(scores), new Shape(2), target, loss);
}
