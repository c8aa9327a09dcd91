namespace Distributed.Engine.Initialization;

/// <summary>The same value everywhere. As weights of more than one unit it keeps the units alike for ever; for biases it is of use.</summary>
/// <param name="Value">Finite.</param>
public sealed record Constant(float Value) : Initializer
{
    public float Value { get; } = float.IsFinite(Value)
        ? Value
        : throw new ArgumentOutOfRangeException(nameof(Value), Value, "a constant is a finite number");

    public override void Fill(Span<float> weights, Shape shape, ulong seed, uint parameter) => weights.Fill(Value);
}
