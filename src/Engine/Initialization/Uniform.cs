namespace Distributed.Engine.Initialization;

/// <summary>Uniform in [−l, l): standard deviation l / √3.</summary>
/// <param name="Limit">l, finite, at least 0.</param>
public sealed record Uniform(float Limit) : Initializer
{
    public float Limit { get; } = float.IsFinite(Limit) && Limit >= 0
        ? Limit
        : throw new ArgumentOutOfRangeException(nameof(Limit), Limit, "the limit is a finite number, at least 0");

    public override void Fill(Span<float> weights, Shape shape, ulong seed, uint parameter) =>
        RandomFill.Uniform(weights, Limit, seed, parameter);
}
