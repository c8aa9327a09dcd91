namespace Distributed.Engine.Initialization;

/// <summary>Normal with mean 0 and standard deviation <paramref name="Sigma"/>.</summary>
/// <param name="Sigma">Finite, at least 0.</param>
public sealed record Gaussian(float Sigma) : Initializer
{
    public float Sigma { get; } = float.IsFinite(Sigma) && Sigma >= 0
        ? Sigma
        : throw new ArgumentOutOfRangeException(nameof(Sigma), Sigma, "sigma is a finite number, at least 0");

    public override void Fill(Span<float> weights, Shape shape, ulong seed, uint parameter) =>
        RandomFill.Normal(weights, Sigma, seed, parameter);
}
