using System.Numerics;
using System.Text.Json;
using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Golden;

/// <summary>Golden files of single operations: PyTorch's outputs and gradients, written by make_&lt;family&gt;.py beside them.</summary>
/// <remarks><code>
/// {cases: [{name, operation, settings …, inputs: [{shape, values, gradient or null}], output: {shape, values}, outputGradient}]}
/// </code></remarks>
internal static class OperationGolden
{
    /// <summary>Names of the files, each of which has a test.</summary>
    public static string[] Families { get; } = ["convolution", "graph-operations", "losses", "normalization"];

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Golden");

    /// <summary>The cases of a file, by name.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Cases(string family) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, $"{family}.json"))).RootElement.GetProperty("cases")
            .EnumerateArray().ToDictionary(golden => golden.GetProperty("name").GetString()!);

    public static float Number(this JsonElement golden, string setting) => (float)golden.GetProperty(setting).GetDouble();

    public static double[] Numbers(this JsonElement golden, string property) =>
        [.. golden.GetProperty(property).EnumerateArray().Select(number => number.GetDouble())];

    /// <summary>Runs the operation on the file's inputs and compares its output and every gradient.</summary>
    /// <param name="batched">How many of the inputs, from the first on, have a batch dimension; the others become parameters.</param>
    /// <returns>The flat gradient of the parameters.</returns>
    public static T[] Compare<T>(JsonElement golden, Operation operation, int batched, double tolerance, Func<Pass, Pass>? change = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var inputs = golden.GetProperty("inputs").EnumerateArray().ToList();
        var samples = ShapeOf(inputs[0])[0];
        var graph = new Graph();
        Value[] values = [.. inputs.Select((input, i) => i < batched
            ? graph.Input($"input{i}", Shape.Batched(new Shape(ShapeOf(input)[1..])), needsGradient: true)
            : graph.Parameter($"input{i}", new Shape(ShapeOf(input))))];
        var output = graph.Apply(operation, values);
        var outputGradient = graph.Input("outputGradient", output.Shape);
        var executor = new Executor<T>(graph, output * outputGradient, samples, keepGradients: true);
        for (var i = 0; i < batched; i++) Convert<T>(inputs[i].Numbers("values")).CopyTo(executor.Input(values[i], samples));
        Convert<T>(golden.Numbers("outputGradient")).CopyTo(executor.Input(outputGradient, samples));
        T[] parameters = [.. inputs.Skip(batched).SelectMany(input => Convert<T>(input.Numbers("values")))];
        var pass = new Pass(samples);
        executor.Forward(parameters, change?.Invoke(pass) ?? pass);
        var flat = new T[parameters.Length];
        executor.Backward(flat);

        Close(golden.GetProperty("output").Numbers("values"), executor.Values(output), tolerance, "output");
        var offset = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var gradient = i < batched ? executor.GradientOf(values[i]) : flat.AsSpan(offset, values[i].Shape.SampleElements);
            if (i >= batched) offset += gradient.Length;
            if (inputs[i].GetProperty("gradient").ValueKind != JsonValueKind.Null)
                Close(inputs[i].Numbers("gradient"), gradient, tolerance, $"gradient of input {i}");
        }
        return flat;
    }

    /// <summary>The tolerance is relative to the element, and to the tensor's largest where elements nearly cancel.</summary>
    public static void Close<T>(double[] wanted, ReadOnlySpan<T> got, double tolerance, string what)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Assert.Equal(wanted.Length, got.Length);
        var scale = wanted.Max(Math.Abs);
        Assert.True(scale > 0, $"{what}: all zero, so nothing is compared");
        for (var i = 0; i < wanted.Length; i++)
        {
            var error = Math.Abs(wanted[i] - double.CreateChecked(got[i]));
            Assert.True(error <= tolerance * Math.Max(Math.Abs(wanted[i]), 0.1 * scale),
                $"{what}[{i}]: PyTorch {wanted[i]:R}, here {got[i]}");
        }
    }

    private static int[] ShapeOf(JsonElement input) => [.. input.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())];

    private static T[] Convert<T>(double[] numbers) where T : unmanaged, IFloatingPointIeee754<T> => [.. numbers.Select(T.CreateChecked)];
}
