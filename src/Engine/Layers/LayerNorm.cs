using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>The features of each sample brought to mean 0 and variance 1, then each times a gain plus a shift.</summary>
/// <remarks>Parameters, of a sample's shape: "….gain" from 1, "….shift" from 0.</remarks>
/// <param name="Epsilon">Added to a variance before its root; above 0.</param>
public sealed record LayerNorm(float Epsilon = Operations.LayerNorm.DefaultEpsilon) : Layer
{
    public float Epsilon { get; } = new Operations.LayerNorm(Epsilon).Epsilon;

    public override string Kind => "layer-norm";

    public override Reach Reach => Reach.Everything;

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next)
    {
        var gain = input.Graph.Parameter($"{name}.gain", input.Shape.Sample, ParameterRole.Norm, new Constant(1));
        var shift = input.Graph.Parameter($"{name}.shift", input.Shape.Sample, ParameterRole.Norm);
        return input.Graph.Apply(new Operations.LayerNorm(Epsilon, name), input, gain, shift);
    }
}
