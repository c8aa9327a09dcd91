using System.Runtime.InteropServices;
using Distributed.Engine;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Training;
using Distributed.Onnx.Wire;

namespace Distributed.Onnx.Tests;

/// <summary>The nodes and tensors that layers become. What they compute is compared with other programs in EndToEnd.Tests/Exporting.</summary>
public sealed class OnnxFileTests
{
    private static readonly Shape Picture = new(4, 6, 6), Vector = new(9);

    private static readonly OnnxNotes Notes = new("a model", "what it is", [new("job", "test"), new("classes", "3")]);

    public static TheoryData<Layer, bool, string, string> Layers => new()
    {
        { new AveragePool(2), true, "AveragePool", "[N, 4, 3, 3]" },
        { new BatchNorm(), true, "BatchNormalization", "[N, 4, 6, 6]" },
        { new Conv2d(5), true, "Conv", "[N, 5, 6, 6]" },
        { new ConvTranspose2d(5), true, "ConvTranspose", "[N, 5, 12, 12]" },
        { new Dropout(), false, "Identity", "[N, 9]" },
        { new ELU(), false, "Elu", "[N, 9]" },
        { new Flatten(), true, "Reshape", "[N, 144]" },
        { new Identity(), false, "Identity", "[N, 9]" },
        { new L2Pool(2), true, "LpPool", "[N, 4, 3, 3]" },
        { new L2PoolMaps(2), true, "Reshape LpPool Reshape", "[N, 2, 6, 6]" },
        { new LayerNorm(), false, "LayerNormalization", "[N, 9]" },
        { new LeakyReLU(), false, "LeakyRelu", "[N, 9]" },
        { new Linear(3), false, "Gemm", "[N, 3]" },
        { new LocalContrast(3), true, "ReduceMean MatMul MatMul Sub Mul ReduceMean MatMul MatMul Sqrt Max Div", "[N, 4, 6, 6]" },
        { new LocalContrast(3) { AcrossMaps = false, Divisive = false }, true, "MatMul MatMul Sub", "[N, 4, 6, 6]" },
        { new LocallyConnected(2), true, "Reshape Gather Reshape Transpose MatMul Transpose Reshape Add", "[N, 2, 4, 4]" },
        { new LocallyConnected(2) { Padding = Padding.Same }, true, "Pad Reshape Gather Reshape Transpose MatMul Transpose Reshape Add", "[N, 2, 6, 6]" },
        { new MaxPool(2), true, "MaxPool", "[N, 4, 3, 3]" },
        { new ReLU(), false, "Relu", "[N, 9]" },
        { new Residual(new Sequential(new Linear(9))), false, "Gemm Add", "[N, 9]" },
        { new Sequential(new Linear(4), new Tanh()), false, "Gemm Tanh", "[N, 4]" },
        { new Sigmoid(), false, "Sigmoid", "[N, 9]" },
        { new Softmax(), false, "Softmax", "[N, 9]" },
        { new Step(), false, "Less Where Equal Where", "[N, 9]" },
        { new Tanh(), false, "Tanh", "[N, 9]" },
        { new Sequential(new MaxPool(2), new Unpool()), true, "MaxPool MaxPool Shape ReduceProd ConstantOfShape Reshape Reshape ScatterElements Reshape", "[N, 4, 6, 6]" },
        { new Upsample(2), true, "Resize", "[N, 4, 12, 12]" },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_becomes_nodes(Layer layer, bool picture, string nodes, string output)
    {
        var graph = Written(ModelOf(layer, picture ? Picture : Vector)).Graph;

        Assert.Equal(nodes, string.Join(' ', graph.Node.Select(node => node.OpType)));
        Assert.Equal(output, Shown(Assert.Single(graph.Output)));
        Assert.Equal(picture ? "[N, 4, 6, 6]" : "[N, 9]", Shown(Assert.Single(graph.Input)));
        Assert.Equal(["features", "scores"], [graph.Input[0].Name, graph.Output[0].Name]);
        Assert.Equal("scores", graph.Node[^1].Output[0]);
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Every_name_is_given_once_and_before_it_is_used(Layer layer, bool picture, string nodes, string output)
    {
        var graph = Written(ModelOf(new Sequential(layer, new Dropout(), layer is Step or Flatten ? new Identity() : new ReLU()), picture ? Picture : Vector)).Graph;
        Assert.True(graph.Node.Count >= nodes.Split(' ').Length, output);

        HashSet<string> known = [graph.Input[0].Name];
        foreach (var initializer in graph.Initializer) Assert.True(known.Add(initializer.Name), initializer.Name);
        foreach (var node in graph.Node)
        {
            Assert.All(node.Input.Where(name => name.Length > 0), name => Assert.Contains(name, known));
            Assert.All(node.Output, name => Assert.True(known.Add(name), name));
        }
        Assert.Equal(graph.Node.Count, graph.Node.Select(node => node.Name).Distinct().Count());
        Assert.Contains("scores", known);
    }

    [Fact]
    public void A_convolutions_settings_are_attributes()
    {
        var layer = new Conv2d(6) { Kernel = new Axes(2, 3), Stride = new Axes(2, 1), Dilation = new Axes(1, 2), Groups = 2, Padding = new Axes(0, 1), Bias = false };
        var node = Assert.Single(Written(ModelOf(layer, Picture)).Graph.Node);

        Assert.Equal("conv1.Conv", node.Name);
        Assert.Equal(["features", "conv1.weight"], node.Input);
        var attributes = node.Attribute.ToDictionary(attribute => attribute.Name);
        Assert.Equal([2, 3], attributes["kernel_shape"].Ints);
        Assert.Equal([2, 1], attributes["strides"].Ints);
        Assert.Equal([1, 2], attributes["dilations"].Ints);
        Assert.Equal([0, 1, 0, 1], attributes["pads"].Ints);
        Assert.Equal(2, attributes["group"].I);
        Assert.All(attributes.Values, attribute => Assert.NotEqual(AttributeProto.Types.Type.Undefined, attribute.Type));
    }

    [Fact]
    public void An_odd_padding_goes_behind()
    {
        var node = Assert.Single(Written(ModelOf(new Conv2d(1) { Kernel = 4 }, Picture)).Graph.Node);
        Assert.Equal([1, 1, 2, 2], node.Attribute.Single(attribute => attribute.Name == "pads").Ints);
    }

    [Fact]
    public void Weights_are_initializers_under_their_names_bit_for_bit()
    {
        var model = ModelOf(new Sequential(new Linear(4), new Linear(3)), Vector);
        var weights = model.Parameters.InitialWeights(3);
        var initializers = OnnxFile.Model(model, weights, Notes).Graph.Initializer;

        Assert.Equal(model.Parameters.Slices.Select(slice => slice.Name), initializers.Select(tensor => tensor.Name));
        foreach (var (slice, tensor) in model.Parameters.Slices.Zip(initializers))
        {
            Assert.Equal(slice.Shape.Extents.ToArray().Select(extent => (long)extent), tensor.Dims);
            Assert.Equal(TensorProto.Types.ElementType.Float, tensor.DataType);
            Assert.Equal(weights[slice.Offset..slice.End], MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray());
        }
    }

    [Fact]
    public void A_weight_that_is_stored_in_another_order_is_stored_once()
    {
        var graph = Written(ModelOf(new Conv2d(1) { Kernel = 2, Flip = true, Bias = false }, new Shape(1, 3, 3)), [1, 2, 3, 4]).Graph;
        var weight = Assert.Single(graph.Initializer);
        Assert.Equal([4, 3, 2, 1], MemoryMarshal.Cast<byte, float>(weight.RawData.Span).ToArray());
    }

    [Fact]
    public void The_file_says_what_it_is()
    {
        using var folder = new TempFolder();
        OnnxFile.Write(folder.File("a.onnx"), ModelOf(new Linear(3), Vector), new float[30], Notes);

        var file = ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.File("a.onnx")));
        Assert.Equal((OnnxFile.IrVersion, "Distributed", "what it is", "a model"), (file.IrVersion, file.ProducerName, file.DocString, file.Graph.Name));
        Assert.Equal(("", OnnxFile.Opset), (Assert.Single(file.OpsetImport).Domain, (int)file.OpsetImport[0].Version));
        Assert.Equal([("job", "test"), ("classes", "3")], file.MetadataProps.Select(entry => (entry.Key, entry.Value)));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData(Scaling.None, "Gemm", 0)]
    [InlineData(Scaling.Unit, "Div Gemm", 1)]
    [InlineData(Scaling.Standardize, "Sub Div Gemm", 1)]
    [InlineData(Scaling.StandardizePerFeature, "Sub Div Gemm", 2)]
    public void Scaling_becomes_the_first_nodes(Scaling scaling, string nodes, int elements)
    {
        var scaler = new MemoryDataSet([1, 2, 5, 9], [0, 1], new Shape(2), 2).FitScaler(scaling);
        var graph = OnnxFile.Model(ModelOf(new Linear(3), new Shape(2)), new float[9], Notes, scaler).Graph;

        Assert.Equal(nodes, string.Join(' ', graph.Node.Select(node => node.OpType)));
        Assert.Equal("features", graph.Node[0].Input[0]);
        var constants = graph.Initializer.Where(tensor => tensor.Name.StartsWith("scaling.", StringComparison.Ordinal)).ToArray();
        Assert.All(constants, tensor => Assert.Equal(elements, tensor.RawData.Length / sizeof(float)));
        Assert.Equal(graph.Node.Count - 1, constants.Length);
        if (scaling == Scaling.StandardizePerFeature)
            Assert.Equal([(3, 2), (5.5f, 3.5f)], constants[0].RawData.Span.ToArray().Chunk(4).Zip(constants[1].RawData.Span.ToArray().Chunk(4),
                (mean, std) => (BitConverter.ToSingle(mean), BitConverter.ToSingle(std))));
    }

    [Fact]
    public void A_layer_that_onnx_has_no_nodes_for_is_refused_by_name_and_nothing_is_written()
    {
        using var folder = new TempFolder();
        var model = ModelOf(new Sequential(new Linear(3), new Exponential(), new Linear(2)), Vector);

        var wrong = Assert.Throws<OnnxException>(() => OnnxFile.Write(folder.File("a.onnx"), model, new float[model.Parameters.Count], Notes));

        Assert.Equal("layer \"exponential1\" cannot be written as ONNX: there are no nodes for its operation \"exp\"", wrong.Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_the_old_one_whole()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("a.onnx"), "old");
        Directory.CreateDirectory(folder.File("a.onnx.tmp"));

        var wrong = Assert.Throws<CheckpointException>(() => OnnxFile.Write(folder.File("a.onnx"), ModelOf(new Linear(3), Vector), new float[30], Notes));

        Assert.Contains("a.onnx: cannot be written", wrong.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(folder.File("a.onnx")));
    }

    [Fact]
    public void Weights_of_another_model_are_refused() =>
        Assert.Throws<ArgumentException>(() => OnnxFile.Model(ModelOf(new Linear(3), Vector), new float[29], Notes));

    private static Model ModelOf(Layer layer, Shape sample)
    {
        var network = layer as Sequential ?? new Sequential(layer);
        var scores = network.Apply(new Graph().Input("features", Shape.Batched(sample)), "", []).Shape.Sample;
        return new Model(network, sample, new ValueTarget(scores), new SquaredLoss());
    }

    private static ModelProto Written(Model model, float[]? weights = null) => OnnxFile.Model(model, weights ?? new float[model.Parameters.Count], Notes);

    private static string Shown(ValueInfoProto info)
    {
        Assert.Equal(TensorProto.Types.ElementType.Float, info.Type.TensorType.ElemType);
        return $"[{string.Join(", ", info.Type.TensorType.Shape.Dim.Select(extent => extent.HasDimParam ? extent.DimParam : $"{extent.DimValue}"))}]";
    }

    private sealed record Exponential : Layer
    {
        public override string Kind => "exponential";

        public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) => input.Graph.Apply(new Engine.Operations.Exp(), input);
    }
}
