using System.Numerics;
using System.Text.Json;
using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Golden;

/// <summary>Single operations against PyTorch's outputs and gradients; make_graph_operations.py beside this file writes them.</summary>
public class GraphOperationsTests
{
    private static readonly IReadOnlyDictionary<string, JsonElement> Cases = OperationGolden.Cases("graph-operations");

    public static TheoryData<string> Names => [.. Cases.Values.Select(OperationOf).Distinct().Order()];

    private static Operation Make(JsonElement made) => OperationOf(made) switch
    {
        "add" => new Add(),
        "subtract" => new Subtract(),
        "multiply" => new Multiply(),
        "divide" => new Divide(),
        "maximum" => new Maximum(),
        "minimum" => new Minimum(),
        "power" => new Power(),
        "exp" => new Exp(),
        "log" => new Log(),
        "sqrt" => new Sqrt(),
        "square" => new Square(),
        "negate" => new Negate(),
        "relu" => new Relu(),
        "sigmoid" => new Sigmoid(),
        "tanh" => new Tanh(),
        "identity" => new Identity(),
        "leaky-relu" => new LeakyRelu(made.GetProperty("alpha").GetSingle()),
        "elu" => new Elu(made.GetProperty("alpha").GetSingle()),
        "constant-power" => new ConstantPower(made.GetProperty("exponent").GetDouble()),
        "softmax" => new Softmax(),
        "sum" => new Sum(Integers(made, "axes"), made.GetProperty("keep").GetBoolean()),
        "mean" => new Mean(Integers(made, "axes"), made.GetProperty("keep").GetBoolean()),
        "transpose" => new Transpose(Integers(made, "order")),
        "slice" => new Slice(Integer(made, "axis"), Integer(made, "start"), Integer(made, "stop"), Integer(made, "step")),
        "concatenate" => new Concatenate(Integer(made, "axis")),
        "broadcast" => new Broadcast(ShapeOf(Integers(made, "to"), made.GetProperty("toBatched").GetBoolean())),
        "matmul" => new MatMul(),
        var name => throw new ArgumentException($"no operation for the golden case \"{name}\""),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void In_float64(string name) => Compare<double>(name, 1e-10);

    [Theory]
    [MemberData(nameof(Names))]
    public void In_float32(string name) => Compare<float>(name, 1e-5);

    private static void Compare<T>(string name, double tolerance) where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (var (key, made) in Cases)
            if (OperationOf(made) == name) Compare<T>(made, tolerance, key);
    }

    private static string OperationOf(JsonElement made) => made.GetProperty("operation").GetString()!;

    private static void Compare<T>(JsonElement made, double tolerance, string what) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var graph = new Graph();
        var samples = 1;
        var golden = made.GetProperty("inputs").EnumerateArray().Zip(made.GetProperty("batched").EnumerateArray()).ToList();
        var inputs = new List<Value>();
        foreach (var (input, batched) in golden)
        {
            var extents = Integers(input, "shape");
            if (batched.GetBoolean()) samples = extents[0];
            inputs.Add(graph.Input($"input{inputs.Count}", ShapeOf(extents, batched.GetBoolean()), needsGradient: true));
        }
        if (made.TryGetProperty("toBatched", out var spread) && spread.GetBoolean()) samples = Integers(made, "to")[0];

        var root = graph.Apply(Make(made), [.. inputs]);
        var executor = new Executor<T>(graph, root, samples, keepGradients: true);
        for (var i = 0; i < inputs.Count; i++) Numbers<T>(golden[i].First, "values").CopyTo(executor.Input(inputs[i], samples));
        executor.Forward(ReadOnlyMemory<T>.Empty, samples);
        Numbers<T>(made, "outputGradient").CopyTo(executor.RootGradient);
        executor.Backward(Memory<T>.Empty);

        var output = made.GetProperty("output");
        Assert.Equal(Integers(output, "shape"), root.Shape.Extents.ToArray().Select(extent => extent == Shape.Batch ? samples : extent));
        OperationGolden.Close(Numbers<double>(output, "values"), executor.Values(root), tolerance, $"{what}, output");
        for (var i = 0; i < inputs.Count; i++)
            OperationGolden.Close(Numbers<double>(golden[i].First, "gradient"), executor.GradientOf(inputs[i]), tolerance, $"{what}, gradient {i}");
    }

    private static Shape ShapeOf(int[] extents, bool batched) => batched ? Shape.Batched(new Shape(extents[1..])) : new Shape(extents);

    private static int Integer(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static int[] Integers(JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(number => number.GetInt32())];

    private static T[] Numbers<T>(JsonElement element, string name) where T : unmanaged, IFloatingPointIeee754<T> =>
        [.. element.GetProperty(name).EnumerateArray().Select(number => T.CreateChecked(number.GetDouble()))];
}
