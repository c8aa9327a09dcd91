using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;

namespace Distributed.Jobs.Catalogs;

internal static class LayerKinds
{
    public static Family Family { get; } = new("layer", "a layer", "layers",
    [
        .. BlockLayerKinds.All,
        .. ImageLayerKinds.All,
        Kind.Of("flatten", "Each sample's features as one row: [1, 28, 28] becomes [784].", _ => new Flatten()),
        Kind.Of("leaky-relu", "x where x is above 0, else slope times x.",
            values => new LeakyReLU(values.Number("slope")),
            Key.Optional<LeakyReLU>("slope", new NumberType(float.MinValue), 0.01f, l => l.Slope, "Slope below 0.", main: true)),
        Kind.Of("linear", "Every output is a weighted sum of all inputs, plus a bias.",
            values => new Linear(values.Int("outputs"), values.Get<Initializer?>("init")),
            Key.Needed<Linear>("outputs", new IntegerType(1, JobLimits.MaxFeatures), l => l.Outputs, "Features of the output.",
                main: true),
            Key.Optional<Linear>("init", new ChoiceType(InitializerKinds.Family, "auto"), null, l => l.Weights,
                "How the weights begin (biases begin at 0); auto: as suits the activation that follows.")),
        Kind.Of("relu", "max(0, x).", _ => new ReLU()),
        Kind.Of("sigmoid", "1 / (1 + exp(-x)).", _ => new Sigmoid()),
        Kind.Of("tanh", "Hyperbolic tangent.", _ => new Tanh()),
    ]);
}
