using Distributed.Engine;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Training;
using Distributed.Onnx.Wire;
using Google.Protobuf;

namespace Distributed.Onnx;

/// <summary>Writes models in the format of the Open Neural Network Exchange, for any runtime that reads it.</summary>
/// <remarks><code>
/// input      "features"  float32 [N, a sample's extents], scaled as the model was trained; or not, and scaled by its first nodes
/// output     "scores"    float32 [N, the scores' extents]: before any softmax that belongs to the loss
/// weights    initializers under the names of the parameters; a few are stored in another order (docs/export.md)
/// layers     as in evaluation: dropout does nothing, batch normalization uses its running statistics
/// </code>
/// N is any number of samples. Numbers come out as close as sums in another order can be, not the same bits.</remarks>
public static class OnnxFile
{
    /// <summary>The version of the operators that are used.</summary>
    public const int Opset = 17;

    /// <summary>The version of the file's format; the one that came with <see cref="Opset"/>.</summary>
    public const int IrVersion = 8;

    /// <summary>A protobuf message is shorter than 2 GiB; what is not weights is well below 16 MiB.</summary>
    public const long MaxWeightBytes = (1L << 31) - (1L << 24);

    public const string Input = "features", Output = "scores", Samples = "N";

    /// <summary>Writes aside, flushes to the disk and renames: under the name there is the old file or the new one, whole.</summary>
    /// <param name="weights">The flat vector of the model's parameters.</param>
    /// <param name="scaler">What the model's first nodes do with its input; null: it is scaled before.</param>
    /// <exception cref="OnnxException">A layer has no form in ONNX, or the weights are too many for one file; nothing is written.</exception>
    /// <exception cref="CheckpointException">The disk refuses.</exception>
    public static void Write(string path, Model model, ReadOnlyMemory<float> weights, OnnxNotes notes, Scaler? scaler = null)
    {
        var bytes = Model(model, weights, notes, scaler).ToByteArray();
        WholeFile.Write(path, stream => stream.Write(bytes));
    }

    internal static ModelProto Model(Model model, ReadOnlyMemory<float> weights, OnnxNotes notes, Scaler? scaler = null)
    {
        if (weights.Length != model.Parameters.Count)
            throw new ArgumentException($"the model has {model.Parameters.Count} weights, got {weights.Length}", nameof(weights));
        if ((long)weights.Length * sizeof(float) > MaxWeightBytes)
            throw new OnnxException($"the model has {weights.Length} weights; an ONNX file takes {MaxWeightBytes / sizeof(float)} at most");
        var builder = new GraphBuilder(notes.Name, model.Parameters, weights);
        builder.AddInput(model.Features, Input, Info(Input, model.Features.Shape), scaler ?? Scaler.None);
        foreach (var value in Needed(model)) builder.Add(value, model.Graph.LayerOf(value));
        builder.SetOutput(model.Scores, Output, Info(Output, model.Scores.Shape));

        var file = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "Distributed",
            ProducerVersion = typeof(OnnxFile).Assembly.GetName().Version!.ToString(3),
            DocString = notes.Description,
            Graph = builder.Graph,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Opset } },
        };
        foreach (var (key, value) in notes.Metadata) file.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return file;
    }

    /// <summary>The results that the scores follow from, each after its inputs.</summary>
    private static IEnumerable<Value> Needed(Model model)
    {
        var needed = new HashSet<Value> { model.Scores };
        for (var i = model.Scores.Index; i >= 0; i--)
            if (needed.Contains(model.Graph.Values[i])) needed.UnionWith(model.Graph.Values[i].Inputs);
        return needed.Where(value => value.Kind == ValueKind.Result).OrderBy(value => value.Index);
    }

    private static ValueInfoProto Info(string name, Shape shape)
    {
        var extents = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = Samples } } };
        foreach (var extent in shape.Sample.Extents) extents.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = extent });
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = TensorProto.Types.ElementType.Float, Shape = extents } },
        };
    }
}
