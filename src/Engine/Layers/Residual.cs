using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>A residual (skip) block: body(x) + shortcut(x).</summary>
/// <remarks>
/// He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition (2016). Parameters are named by the block and the layer in it:
/// "residual1.linear1.weight", those of the shortcut "residual1.shortcut.linear1.weight".
/// </remarks>
/// <param name="Body">At least one layer.</param>
/// <param name="Shortcut">Where the body changes the shape, layers that change it as well; null: x as it is.</param>
public sealed record Residual(Sequential Body, Sequential? Shortcut = null) : Layer
{
    public override string Kind => "residual";

    public override Initializer? InitializerBefore => Body.InitializerBefore;

    public override IReadOnlyList<Branch> Branches =>
        Shortcut is null ? [new("body", Body)] : [new("body", Body), new("shortcut", Shortcut)];

    public override Reach Reach => Body.Reach.Or(Shortcut?.Reach ?? Reach.Own);

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next)
    {
        var body = Body.Apply(input, $"{name}.", next);
        var shortcut = Shortcut?.Apply(input, $"{name}.shortcut.", next) ?? input;
        if (body.Shape != shortcut.Shape)
            throw new ShapeException($"Residual \"{name}\": the body gives {body.Shape}, {(Shortcut is null ? "its input is" : "the shortcut gives")} "
                + $"{shortcut.Shape}: equal shapes are wanted{(Shortcut is null ? ", so a shortcut that changes the shape as the body does" : "")}");
        return input.Graph.Apply(new Operations.Add(), body, shortcut);
    }
}
