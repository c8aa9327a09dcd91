using Distributed.Engine.Operations;

namespace Distributed.Engine.Losses;

/// <summary>½ Σ_i (y*_i − y_i)² against the numbers y* of a sample, of any shape, or against the one-hot vector of its class.</summary>
public sealed class SquaredLoss : NumberLoss
{
    public override string Name => "squared";

    protected override Operation Operation => new SquaredError();
}
