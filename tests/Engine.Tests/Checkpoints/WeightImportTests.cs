using Distributed.Engine.Checkpoints;
using Distributed.Engine.Graphs;
using Distributed.Engine.Layers;

namespace Distributed.Engine.Tests.Checkpoints;

public sealed class WeightImportTests
{
    /// <summary>linear1 [2, 3], batch-norm1 [2], linear2 [1, 2].</summary>
    private static readonly ParameterLayout Layout = LayoutOf(new Sequential(new Linear(2), new BatchNorm(), new ReLU(), new Linear(1)), 3);

    private static readonly string[] Map = ["0=linear1", "1=batch-norm1", "3=linear2"];

    [Fact]
    public void Pytorchs_names_of_layers_are_mapped_those_within_normalizations_are_known()
    {
        var weights = Import(Theirs(), Map);

        Assert.Equal([1f, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 20, 21, 22], weights);
        Assert.Equal(
            ["linear1.weight", "linear1.bias", "batch-norm1.gain", "batch-norm1.shift", "batch-norm1.mean", "batch-norm1.variance", "linear2.weight", "linear2.bias"],
            Layout.Slices.Select(slice => slice.Name));
    }

    [Fact]
    public void Names_that_are_ours_already_need_no_map() =>
        Assert.Equal(Enumerable.Range(0, Layout.Count).Select(i => (float)i),
            Import([.. Layout.Slices.Select(slice => Tensor(slice.Name, slice.Shape, slice.Offset))]));

    [Fact]
    public void Everything_that_is_wrong_is_named_in_one_sentence()
    {
        ForeignTensor[] theirs =
        [
            .. Theirs()[1..6],
            Tensor("0.weight", new Shape(3, 2), 0),
            Tensor("3.weight", new Shape(1, 2), float.NaN),
            Tensor("4.weight", new Shape(5), 0),
            new("1.extra", new Shape(), "I64", null),
        ];

        var wrong = Assert.Throws<CheckpointException>(() => Import(theirs, [.. Map, "7=linear3"]));

        Assert.Equal("theirs.safetensors does not fit the model; missing: linear2.bias [1]; not in the model: \"4.weight\" [5], \"1.extra\" [] (as batch-norm1.extra); "
            + "\"0.weight\" [3, 2]: linear1.weight [2, 3] is wanted (--transpose linear1.weight=1,0 makes it so); "
            + "\"3.weight\" [1, 2]: element 0 is NaN, which is no finite float32; "
            + "the map is about what the file does not have: \"7\"", wrong.Message);
    }

    [Fact]
    public void Two_tensors_for_one_parameter_are_refused() =>
        Assert.Contains("\"0.bias\" [2] and \"zero.bias\" [2] are both linear1.bias",
            Assert.Throws<CheckpointException>(() => Import([.. Theirs(), Tensor("zero.bias", new Shape(2), 0)], [.. Map, "zero=linear1"])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_type_that_is_not_read_is_named() =>
        Assert.Contains("\"0.bias\" [2] has elements of type I32; F32, F16, BF16 and F64 are read",
            Assert.Throws<CheckpointException>(() => Import([.. Theirs().Where(tensor => tensor.Name != "0.bias"), new("0.bias", new Shape(2), "I32", null)], Map)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Axes_are_reordered_as_numpy_does()
    {
        // numpy.arange(6).reshape(3, 2).transpose(1, 0)
        ForeignTensor[] theirs = [Tensor("0.weight", new Shape(3, 2), 0), .. Theirs()[1..]];
        Assert.Equal([0f, 2, 4, 1, 3, 5], Import(theirs, Map, ("linear1.weight", [1, 0]))[..6]);

        // numpy.arange(24).reshape(2, 3, 4, 1).transpose(3, 2, 0, 1)
        var layout = LayoutOf(new Conv2d(1) { Kernel = new Axes(2, 3), Bias = false }, 4, 5, 5);
        Assert.Equal([0f, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23],
            WeightImport.Of("theirs", [Tensor("conv1.weight", new Shape(2, 3, 4, 1), 0)], layout, new TensorNames([]), new Dictionary<string, int[]> { ["conv1.weight"] = [3, 2, 0, 1] }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0, 0)]
    [InlineData(1, 2)]
    public void Axes_that_are_none_are_refused(params int[] axes) =>
        Assert.Contains("each of its 2 axes is wanted once, counted from 0",
            Assert.Throws<CheckpointException>(() => Import(Theirs(), Map, ("linear1.weight", axes))).Message, StringComparison.Ordinal);

    [Fact]
    public void Axes_of_what_is_not_in_the_model_are_refused() =>
        Assert.Contains("to be transposed, and not in the model: linear9.weight",
            Assert.Throws<CheckpointException>(() => Import(Theirs(), Map, ("linear9.weight", [1, 0]))).Message, StringComparison.Ordinal);

    private static ForeignTensor[] Theirs() =>
    [
        Tensor("0.weight", new Shape(2, 3), 1), Tensor("0.bias", new Shape(2), 7),
        Tensor("1.weight", new Shape(2), 10), Tensor("1.bias", new Shape(2), 12), Tensor("1.running_mean", new Shape(2), 14), Tensor("1.running_var", new Shape(2), 16),
        new("1.num_batches_tracked", new Shape(), "I64", null),
        Tensor("3.weight", new Shape(1, 2), 20), Tensor("3.bias", new Shape(1), 22),
    ];

    private static float[] Import(ForeignTensor[] tensors, string[]? map = null, params (string Name, int[] Axes)[] axes) =>
        WeightImport.Of("theirs.safetensors", tensors, Layout, new TensorNames(map ?? []), axes.ToDictionary(one => one.Name, one => one.Axes));

    /// <summary>Counts up from <paramref name="first"/>.</summary>
    private static ForeignTensor Tensor(string name, Shape shape, float first) =>
        new(name, shape, "F32", [.. Enumerable.Range(0, shape.SampleElements).Select(i => first + i)]);

    private static ParameterLayout LayoutOf(Layer layer, params int[] sample)
    {
        var graph = new Graph();
        (layer as Sequential ?? new Sequential(layer)).Apply(graph.Input("features", Shape.Batched(new Shape(sample))), "", []);
        return graph.Parameters;
    }
}
