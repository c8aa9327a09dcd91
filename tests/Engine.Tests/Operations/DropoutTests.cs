using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Operations;

public class DropoutTests
{
    private const int Features = 1001;

    private static readonly Pass Training = new(20) { Training = true, Seed = 3, Step = 5 };

    [Theory]
    [InlineData(0.5f)]
    [InlineData(0.1f)]
    [InlineData(0.9f)]
    public void The_share_of_dropped_units_is_the_rate_and_the_mean_stays(float rate)
    {
        var (output, gradient) = Run(rate, Training);
        var count = output.Length;
        var kept = 1 / (1 - rate);
        Assert.All(output, y => Assert.True(y is 0 || y == kept, $"{y}"));
        var deviation = Math.Sqrt(rate * (1 - rate) / count);
        Assert.Equal(rate, output.Count(y => y == 0) / (double)count, 4 * deviation);
        Assert.Equal(output, gradient); // x and the output's gradient are all 1
    }

    [Fact]
    public void Nothing_is_dropped_at_rate_0_or_in_an_evaluation_pass()
    {
        Assert.All(Run(0, Training).Output, y => Assert.Equal(1, y));
        Assert.All(Run(0.5f, Training with { Training = false }).Output, y => Assert.Equal(1, y));
        Assert.All(Run(0.5f, Training with { Training = false }).Gradient, g => Assert.Equal(1, g));
    }

    /// <summary>A sample's mask follows from its number in the data set, whatever its place and whoever else is in the pass.</summary>
    [Fact]
    public void A_sample_has_its_mask_wherever_it_stands()
    {
        var whole = Run(0.5f, Training).Output;
        int[] chosen = [17, 3, 4, 19];
        var part = Run(0.5f, new Pass(new[] { 0, 1, 1, 2, 4 }) { Training = true, Seed = 3, Step = 5, SampleIds = chosen }).Output;
        for (var i = 0; i < chosen.Length; i++)
            Assert.Equal(whole[(chosen[i] * Features)..((chosen[i] + 1) * Features)], part[(i * Features)..((i + 1) * Features)]);
    }

    [Fact]
    public void Seed_step_sample_and_operation_each_pick_another_mask()
    {
        var mask = Run(0.5f, Training).Output;
        Assert.NotEqual(mask, Run(0.5f, Training with { Step = 6 }).Output);
        Assert.NotEqual(mask, Run(0.5f, Training with { Seed = 4 }).Output);
        Assert.NotEqual(mask, Run(0.5f, Training, before: 1).Output);
        Assert.NotEqual(mask[..Features], mask[Features..(2 * Features)]);
        Assert.Equal(mask, Run(0.5f, Training).Output);
    }

    [Fact]
    public void NaN_is_not_dropped()
    {
        var output = Run(0.5f, Training, value: float.NaN).Output;
        Assert.All(output, y => Assert.True(float.IsNaN(y)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-0.1f)]
    [InlineData(float.NaN)]
    public void The_rate_is_below_one(float rate) => Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(rate));

    /// <param name="before">Values made in the graph before the dropout.</param>
    private static (float[] Output, float[] Gradient) Run(float rate, Pass pass, int before = 0, float value = 1)
    {
        var graph = new Graph();
        var x = graph.Input("x", new Shape(Shape.Batch, Features), needsGradient: true);
        for (var i = 0; i < before; i++) graph.Apply(new Negate(), x);
        var root = graph.Apply(new Dropout(rate), x);
        var executor = new Executor<float>(graph, root, pass.Samples, keepGradients: true);
        executor.Input(x, pass.Samples).Fill(value);
        executor.Forward(ReadOnlyMemory<float>.Empty, pass);
        executor.Backward(Memory<float>.Empty);
        return (executor.Values(root).ToArray(), executor.GradientOf(x).ToArray());
    }
}
