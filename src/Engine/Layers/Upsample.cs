using Distributed.Engine.Graphs;

namespace Distributed.Engine.Layers;

/// <summary>Every pixel becomes a block of equal ones: see <see cref="Operations.Upsample"/>.</summary>
/// <param name="Factor">Rows and columns of the block.</param>
public sealed record Upsample(Axes Factor) : Layer
{
    public override string Kind => "upsample";

    public Axes Factor { get; } = Factor.AtLeast(1, "factor");

    public override Reach Reach => new(new AxisReach(0, new Ratio(1, Factor.Y)), new AxisReach(0, new Ratio(1, Factor.X)));

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) =>
        input.Graph.Apply(new Operations.Upsample(Factor.Y, Factor.X), input);
}
