using Distributed.Engine.Initialization;

namespace Distributed.Jobs.Catalogs;

internal static class InitializerKinds
{
    public static Family Family { get; } = new("initializer", "an initializer", "initializers",
        Kind.Of("gaussian", "Normal with mean 0 and standard deviation sigma.",
            values => new Gaussian(values.Number("sigma")),
            Key.Needed<Gaussian>("sigma", new NumberType(0), g => g.Sigma, "Standard deviation.", main: true)),
        Kind.Of("glorot-normal", "Normal with mean 0 and variance 2 / (fan_in + fan_out).", _ => new GlorotNormal()),
        Kind.Of("glorot-uniform", "Uniform in [-l, l) with l = sqrt(6 / (fan_in + fan_out)): for tanh, sigmoid and linear outputs.",
            _ => new GlorotUniform()),
        Kind.Of("he-normal", "Normal with mean 0 and variance 2 / fan_in: keeps the variance of activations through ReLU.",
            _ => new HeNormal()));
}
