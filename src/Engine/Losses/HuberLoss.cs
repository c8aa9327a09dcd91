using Distributed.Engine.Operations;

namespace Distributed.Engine.Losses;

/// <inheritdoc cref="Huber"/>
/// <param name="delta">δ, above 0.</param>
public sealed class HuberLoss(float delta = 1) : NumberLoss
{
    public float Delta { get; } = new Huber(delta).Delta;

    public override string Name => "huber";

    protected override Operation Operation => new Huber(Delta);
}
