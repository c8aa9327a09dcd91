using Distributed.Engine.Initialization;

namespace Distributed.Jobs.Catalogs;

internal static class InitializerKinds
{
    public static Family Family { get; } = new("initializer", "an initializer", "initializers",
        Kind.Of("constant", "The same value everywhere.",
            values => new Constant(values.Number("value")),
            Key.Needed<Constant>("value", new NumberType(float.MinValue), c => c.Value, "The value.", main: true)),
        Kind.Of("gaussian", "Normal with mean 0 and standard deviation sigma.",
            values => new Gaussian(values.Number("sigma")),
            Key.Needed<Gaussian>("sigma", new NumberType(0), g => g.Sigma, "Standard deviation.", main: true)),
        Kind.Of("glorot-normal", "Normal with mean 0 and variance 2 / (fan_in + fan_out).", _ => new GlorotNormal()),
        Kind.Of("glorot-uniform", "Uniform in [-l, l) with l = sqrt(6 / (fan_in + fan_out)): for tanh, sigmoid and linear outputs.",
            _ => new GlorotUniform()),
        Kind.Of("he-normal", "Normal with mean 0 and variance 2 / fan_in: keeps the variance of activations through ReLU.",
            _ => new HeNormal()),
        Kind.Of("he-uniform", "Uniform in [-l, l) with l = sqrt(6 / fan_in): the variance of he-normal.", _ => new HeUniform()),
        Kind.Of("orthogonal", "A random orthogonal matrix times a gain: lengths are kept through any number of linear layers.",
            values => new Orthogonal(values.Number("gain")),
            Key.Optional<Orthogonal>("gain", new NumberType(0, above: true), 1f, o => o.Gain,
                "1 for linear layers, 1.4142135 before a relu.", main: true)),
        Kind.Of("uniform", "Uniform in [-limit, limit).",
            values => new Uniform(values.Number("limit")),
            Key.Needed<Uniform>("limit", new NumberType(0), u => u.Limit, "The largest value.", main: true)));
}
