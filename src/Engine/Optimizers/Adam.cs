namespace Distributed.Engine.Optimizers;

/// <summary>Adam: a moving mean of the gradient divided by the root of a moving mean of its square.</summary>
/// <remarks><code>
/// g' = fma(λ, w, g)        λ = WeightDecay; skipped where λ = 0; then as <see cref="AdamRule"/> says
/// </code>
/// Kingma, Ba: Adam, a method for stochastic optimization (2015), in PyTorch's convention: ε stands outside the root and is added
/// after the correction. Decay goes through the division like the rest of the gradient; <see cref="AdamW"/> keeps it apart.
/// </remarks>
/// <param name="Rate">η, finite, at least 0.</param>
/// <param name="Beta1">β₁ of the mean, 0 ≤ β₁ &lt; 1.</param>
/// <param name="Beta2">β₂ of the mean square, 0 ≤ β₂ &lt; 1.</param>
/// <param name="Epsilon">ε, finite, above 0.</param>
/// <param name="WeightDecay">λ, finite, at least 0.</param>
public sealed record Adam(float Rate = 0.001f, float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-8f, float WeightDecay = 0)
    : ElementwiseOptimizer
{
    private static readonly string[] Names = ["mean", "squares"];

    public float Rate { get; } = Setting.NotNegative(Rate, "the learning rate");

    public float Beta1 { get; } = Setting.Share(Beta1, "beta1");

    public float Beta2 { get; } = Setting.Share(Beta2, "beta2");

    public float Epsilon { get; } = Setting.Positive(Epsilon, "epsilon");

    public float WeightDecay { get; } = Setting.NotNegative(WeightDecay, "weight decay");

    /// <summary>"mean": m, "squares": v.</summary>
    public override IReadOnlyList<string> StateNames => Names;

    private protected override string Kind => "adam";

    private protected override bool Apply(in UpdateStep step, in UpdateSlice slice, bool plain) =>
        slice.Apply(new AdamRule(step, Rate, Beta1, Beta2, Epsilon, WeightDecay, 0), plain);
}
