using Distributed.Engine.Graphs;
using Distributed.Engine.Tests.Operations;

namespace Distributed.Engine.Tests.Graphs;

/// <summary>Forward mode against reverse mode, for every operation of the engine.</summary>
public class ForwardModeTests
{
    private const int Shapes = 40;

    public static TheoryData<string> Names => [.. Cases.Operations.Except(Cases.ForwardOnly).Select(type => type.Name).Order()];

    /// <summary>u·(J·v) = (u·J)·v for random u and v: the left by a forward pass of dual numbers, the right by a backward pass.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void The_jacobian_is_the_same_in_both_modes(string name)
    {
        var operation = Cases.Operations.Single(type => type.Name == name);
        var nonzero = 0;
        for (var seed = 0; seed < Shapes; seed++)
        {
            var made = Cases.Make(operation, seed);
            var at = new GraphPoint(made.Inputs, made.Parameters, made.Samples);
            var random = new Random(seed);
            double[] Direction(int elements) => [.. Enumerable.Range(0, elements).Select(_ => random.NextDouble() - 0.5)];
            var u = Direction(made.Root.Shape.Elements(made.Samples));
            var directions = made.Graph.Values.Where(leaf => leaf.Operation is null && leaf.NeedsGradient && !IsStatistic(leaf))
                .ToDictionary(leaf => leaf, leaf => Direction(leaf.Shape.Elements(made.Samples)));

            var left = Dot(u, JacobianVector.Of(made.Root, at, directions));
            var products = VectorJacobian.Of(made.Root, at, u);
            var right = directions.Sum(pair => Dot(products[pair.Key], pair.Value));
            Assert.True(Math.Abs(left - right) <= 1e-12 * Math.Max(1, Math.Abs(left)), $"{name}, seed {seed}: u·(Jv) {left}, (uJ)·v {right}");
            nonzero += left != 0 ? 1 : 0;
        }
        Assert.True(nonzero > Shapes / 2, $"only {nonzero} products were not 0");
    }

    /// <summary>The value part of a pass of dual numbers is the pass of doubles.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Values_are_those_of_double(string name)
    {
        var operation = Cases.Operations.Single(type => type.Name == name);
        for (var seed = 0; seed < 5; seed++)
        {
            var made = Cases.Make(operation, seed);
            var at = new GraphPoint(made.Inputs, made.Parameters, made.Samples);
            var doubles = at.Forward(made.Root, (_, _, number) => number).Values(made.Root).ToArray();
            var duals = at.Forward(made.Root, (_, _, number) => new Dual(number, 1)).Values(made.Root).ToArray();
            Assert.Equal(doubles, duals.Select(number => number.Value));
        }
    }

    private static bool IsStatistic(Value leaf) => leaf.Kind == ValueKind.Parameter
        && leaf.Graph.Parameters.Slices.Single(slice => slice.Name == leaf.Name).Role == ParameterRole.Statistic;

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();
}
