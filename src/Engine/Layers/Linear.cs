using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>A fully connected layer: y = W·x + β, with parameters "….weight" [out, in] and "….bias" [out].</summary>
/// <param name="Outputs">out, at least 1.</param>
/// <param name="Weights">How the weights begin; null: as suits the activation that follows, He normal before a ReLU and Glorot
/// uniform before any other or none. Biases begin at +0.</param>
public sealed record Linear(int Outputs, Initializer? Weights = null) : Layer
{
    public override string Kind => "linear";

    public int Outputs { get; } = Outputs >= 1 ? Outputs
        : throw new ArgumentOutOfRangeException(nameof(Outputs), Outputs, "a linear layer has at least 1 output");

    public override Reach Reach => Reach.Everything;

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next)
    {
        if (input.Shape.Sample.Rank != 1)
            throw new ShapeException($"Linear \"{name}\": input has shape {input.Shape}, [B, features] is wanted: "
                + "put a flatten before it");
        var weight = input.Graph.Parameter($"{name}.weight", new Shape(Outputs, input.Shape.SampleElements), ParameterRole.Weight,
            Weights ?? DefaultWeights(next));
        var bias = input.Graph.Parameter($"{name}.bias", new Shape(Outputs), ParameterRole.Bias);
        return input.Graph.Apply(new Operations.Linear(name), input, weight, bias);
    }
}
