using Distributed.Engine.Graphs;

namespace Distributed.Engine.Optimizers;

/// <summary><see cref="Optimizers.L1"/> and <see cref="Optimizers.L2"/> together: λ₁·Σ|w| + λ₂·Σw², or λ₂/2 where
/// <paramref name="Halved"/>.</summary>
/// <remarks>Zou, Hastie: Regularization and Variable Selection via the Elastic Net (2005). The gradient of the first is added before
/// that of the second.</remarks>
/// <param name="L1">λ₁, finite, at least 0.</param>
/// <param name="L2">λ₂, finite, at least 0.</param>
public sealed record ElasticNet(float L1, float L2, bool Halved = false, bool BiasesToo = false) : Regularizer
{
    private readonly L1 _absolute = new(L1, BiasesToo);
    private readonly L2 _squared = new(L2, Halved, BiasesToo);

    public override void AddGradient(ParameterLayout layout, int offset, ReadOnlySpan<float> weights, Span<float> gradient)
    {
        _absolute.AddGradient(layout, offset, weights, gradient);
        _squared.AddGradient(layout, offset, weights, gradient);
    }

    public override double Penalty(ParameterLayout layout, ReadOnlySpan<float> weights) =>
        _absolute.Penalty(layout, weights) + _squared.Penalty(layout, weights);
}
