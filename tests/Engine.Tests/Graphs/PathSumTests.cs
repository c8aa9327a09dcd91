using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Engine.Tests.Graphs;

/// <summary>Backpropagation against the sum over all paths, on random scalar graphs; FsCheck prints the seed and shrinks what fails.</summary>
public class PathSumTests
{
    /// <summary>Steps of making a graph: which operation, of one of the last three values and of any other (modulo their number).</summary>
    private static readonly Arbitrary<(int Kind, int Left, int Right)[]> Graphs = Arb.From(
        (from kind in Gen.Choose(0, 11)
         from left in Gen.Choose(0, 1000)
         from right in Gen.Choose(0, 1000)
         select (kind, left, right)).ArrayOf(15),
        steps => Enumerable.Range(0, steps.Length).Select(i => steps[..i].Concat(steps[(i + 1)..]).ToArray()).Where(s => s.Length > 0));

    [Fact]
    public void Backpropagation_is_the_sum_over_all_paths()
    {
        var (forked, most) = (0, 0);
        Prop.ForAll(Graphs, steps =>
        {
            var (root, leaves) = Make(steps);
            double[] numbers = [0.7, -1.3, 0.4];
            var executor = new Executor<double>(root.Graph, root, 1, keepGradients: true);
            executor.Forward(numbers, 1);
            var gradient = new double[3];
            executor.Backward(gradient);
            for (var i = 0; i < 3; i++)
            {
                var paths = PathSum.Paths(root, leaves[i], value => Number(executor, value, numbers)).ToArray();
                forked += paths.Length > 1 ? 1 : 0;
                most = Math.Max(most, paths.Length);
                if (!(Math.Abs(paths.Sum() - gradient[i]) <= 1e-12 * Math.Max(1, paths.Sum(Math.Abs)))) return false;
            }
            return true;
        }).QuickCheckThrowOnFailure();
        Assert.True(forked > 50 && most > 10, $"{forked} derivatives had several paths, at most {most}: values were hardly used again");
    }

    /// <summary>The lectures' graph: ∂e/∂b is 2 along one path and 3 along the other.</summary>
    [Fact]
    public void The_paths_of_the_lecture()
    {
        var graph = new Graph();
        var (a, b) = (graph.Parameter("a", Shape.Scalar), graph.Parameter("b", Shape.Scalar));
        var e = (a + b) * (b + 1);
        var executor = new Executor<double>(graph, e, 1);
        executor.Forward(new double[] { 2, 1 }, 1);
        Assert.Equal([2, 3], PathSum.Paths(e, b, value => executor.Values(value)[0]));
        Assert.Equal([2], PathSum.Paths(e, a, value => executor.Values(value)[0]));
    }

    /// <summary>A leaf that the root is not computed from has no place in the executor, and is on no path.</summary>
    private static double Number(Executor<double> executor, Value value, double[] numbers) =>
        value.Operation is null ? numbers[value.Index] : executor.Values(value)[0];

    private static (Value Root, Value[] Leaves) Make((int Kind, int Left, int Right)[] steps)
    {
        var graph = new Graph();
        Value[] leaves = [.. "abc".Select(name => graph.Parameter($"{name}", Shape.Scalar))];
        // Squashed, so that products of products stay of moderate size.
        foreach (var (kind, left, right) in steps)
        {
            var (a, b) = (graph.Values[graph.Values.Count - 1 - (left % 3)], graph.Values[right % graph.Values.Count]);
            _ = kind switch
            {
                0 => a + b,
                1 => a - b,
                2 => (a * b).Tanh(),
                3 => a / (b.Square() + 1),
                4 => a.Max(b),
                5 => a.Min(b),
                6 => a.Tanh().Exp(),
                7 => a.Sigmoid() * b.Sigmoid(),
                8 => -a,
                9 => a * 0.5,
                10 => a.Relu(),
                _ => a.Tanh().Square(),
            };
        }
        return (graph.Values[^1], leaves);
    }
}
