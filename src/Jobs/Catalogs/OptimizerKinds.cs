using Distributed.Engine.Optimizers;

namespace Distributed.Jobs.Catalogs;

internal static class OptimizerKinds
{
    public static Family Family { get; } = new("optimizer", "an optimizer", "optimizers",
        Kind.Of("sgd", "Stochastic gradient descent, with momentum and weight decay if wanted.",
            values => new Sgd(values.Number("rate"), values.Number("momentum"), values.Number("weight_decay")),
            Key.Needed<Sgd>("rate", new NumberType(0), s => s.Rate, "Learning rate: the step is rate times the momentum vector.",
                main: true),
            Key.Optional<Sgd>("momentum", new NumberType(0, 1, below: true), 0f, s => s.Momentum,
                "Share of the last step's direction kept in the next; 0: none."),
            Key.Optional<Sgd>("weight_decay", new NumberType(0), 0f, s => s.WeightDecay,
                "Added to the gradient, times the parameter; reaches biases too (a regularizer can leave them out).")));
}
