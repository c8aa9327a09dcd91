using Distributed.Engine.Operations;

namespace Distributed.Engine.Losses;

/// <inheritdoc cref="AbsoluteError"/>
public sealed class MeanAbsoluteLoss : NumberLoss
{
    public override string Name => "mean-absolute";

    protected override Operation Operation => new AbsoluteError();
}
