using Distributed.Engine.Graphs;
using Distributed.Engine.Training;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Engine.Tests.Operations;

/// <summary>Every operation of the engine against central differences, over random shapes and numbers.</summary>
public class GradientTests
{
    private const int Shapes = 40, NewShapes = 30;
    private const double Tolerance = 1e-7, NewTolerance = 1e-5;

    public static TheoryData<string> Names => [.. Cases.Operations.Except(Cases.ForwardOnly).Select(type => type.Name).Order()];

    [Fact]
    public void Every_operation_has_a_case()
    {
        var missing = Cases.Operations.Except(Cases.All.Keys).Select(type => type.Name).ToList();
        Assert.True(missing.Count == 0, $"no gradient-check case for {string.Join(", ", missing)}: add one to Cases.All");
        Assert.True(Cases.Operations.Count() >= 20);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_agrees_with_central_differences(string name)
    {
        var operation = Cases.Operations.Single(type => type.Name == name);
        var compared = 0;
        for (var seed = 0; seed < Shapes; seed++)
        {
            var made = Cases.Make(operation, seed);
            var check = GradientCheck.Run(made.Graph, made.Root, made.Inputs, made.Parameters, made.Samples);
            Assert.True(check.MaxRelativeError < Tolerance, $"{name}, seed {seed}: error {check.MaxRelativeError} at {check.Place}");
            compared += check.Compared;
        }
        Assert.True(compared > Shapes, $"only {compared} elements were compared");
    }

    /// <summary>New shapes and numbers in every run of the tests; FsCheck prints the seed of what fails. The bound leaves room for numbers
    /// near which a central difference is itself coarse; a wrong gradient is off by far more.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_agrees_on_shapes_never_seen_before(string name)
    {
        var operation = Cases.Operations.Single(type => type.Name == name);
        Prop.ForAll(Arb.From(Gen.Choose(Shapes, int.MaxValue)), seed =>
        {
            var made = Cases.Make(operation, seed);
            var check = GradientCheck.Run(made.Graph, made.Root, made.Inputs, made.Parameters, made.Samples);
            return (check.MaxRelativeError < NewTolerance).Label($"{name}, seed {seed}: error {check.MaxRelativeError} at {check.Place}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(NewShapes));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_agrees_in_a_training_pass_of_several_shards(string name)
    {
        var operation = Cases.Operations.Single(type => type.Name == name);
        for (var seed = 0; seed < Shapes; seed++)
        {
            var made = Cases.Make(operation, seed);
            var inTree = new Executor<double>(made.Graph, made.Root, made.Samples).ReducesInTree;
            int[] shards = inTree ? [0, made.Samples / 2, made.Samples / 2, Math.Max(1, made.Samples - 1), made.Samples] : [0, made.Samples];
            var check = GradientCheck.Run(made.Graph, made.Root, made.Inputs, made.Parameters,
                new Pass(shards) { Training = true, Seed = 1, Step = seed });
            Assert.True(check.MaxRelativeError < Tolerance, $"{name}, seed {seed}: error {check.MaxRelativeError} at {check.Place}");
        }
    }

    /// <summary>float runs other loops (the vector kernels) than double: same values, to float's precision.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Float_agrees_with_double(string name)
    {
        for (var seed = 0; seed < Shapes; seed++)
        {
            var made = Cases.Make(Cases.Operations.Single(type => type.Name == name), seed);
            var (doubles, doubleGradient) = Run<double>(made);
            var (floats, floatGradient) = Run<float>(made);
            for (var i = 0; i < doubles.Length; i++) Close(doubles[i], floats[i], seed);
            for (var i = 0; i < doubleGradient.Length; i++) Close(doubleGradient[i], floatGradient[i], seed);
        }

        static void Close(double wanted, double got, int seed) =>
            Assert.True(Math.Abs(wanted - got) <= 2e-5 * Math.Max(1, Math.Abs(wanted)), $"seed {seed}: double {wanted}, float {got}");
    }

    private static (double[] Root, double[] Gradient) Run<T>(Case made) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var executor = new Executor<T>(made.Graph, made.Root, made.Samples, keepGradients: true);
        foreach (var (input, numbers) in made.Inputs)
        {
            var span = executor.Input(input, made.Samples);
            for (var i = 0; i < span.Length; i++) span[i] = T.CreateChecked(numbers[i]);
        }
        executor.Forward(made.Parameters.Select(T.CreateChecked).ToArray(), made.Samples);
        var gradient = new T[made.Parameters.Length];
        executor.Backward(gradient);
        var inputs = made.Inputs.Keys.Where(input => input.NeedsGradient).SelectMany(input => executor.GradientOf(input).ToArray());
        return (Doubles(executor.Values(made.Root).ToArray()), Doubles([.. gradient, .. inputs]));

        static double[] Doubles(IEnumerable<T> numbers) => [.. numbers.Select(double.CreateChecked)];
    }
}
