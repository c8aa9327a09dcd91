using Distributed.Engine.Optimizers;

namespace Distributed.Jobs.Catalogs;

internal static class OptimizerKinds
{
    private const string DecaySummary = "Added to the gradient, times the parameter; reaches biases too (a regularizer can leave them out).";

    private static readonly NumberType NotNegative = new(0), Share = new(0, 1, below: true), Positive = new(0, above: true);

    public static Family Family { get; } = new("optimizer", "an optimizer", "optimizers",
        Kind.Of("adagrad", "AdaGrad: each parameter's rate falls with the squares of the gradients it has seen.",
            values => new AdaGrad(values.Number("rate"), values.Number("epsilon"), values.Number("weight_decay")),
            Key.Optional<AdaGrad>("rate", NotNegative, 0.01f, o => o.Rate, "Learning rate.", main: true),
            Key.Optional<AdaGrad>("epsilon", Positive, 1e-10f, o => o.Epsilon, "Added to the root of the sum of squares."),
            Key.Optional<AdaGrad>("weight_decay", NotNegative, 0f, o => o.WeightDecay, DecaySummary)),
        Kind.Of("adam", "Adam: a moving mean of the gradient over the root of a moving mean of its square.",
            values => new Adam(values.Number("rate"), values.Number("beta1"), values.Number("beta2"), values.Number("epsilon"),
                values.Number("weight_decay")),
            Key.Optional<Adam>("rate", NotNegative, 0.001f, o => o.Rate, "Learning rate.", main: true),
            Key.Optional<Adam>("beta1", Share, 0.9f, o => o.Beta1, "Share of the mean kept from step to step."),
            Key.Optional<Adam>("beta2", Share, 0.999f, o => o.Beta2, "Share of the mean square kept from step to step."),
            Key.Optional<Adam>("epsilon", Positive, 1e-8f, o => o.Epsilon, "Added to the root."),
            Key.Optional<Adam>("weight_decay", NotNegative, 0f, o => o.WeightDecay, DecaySummary)),
        Kind.Of("adamw", "Adam with weight decay kept apart from the gradient.",
            values => new AdamW(values.Number("rate"), values.Number("beta1"), values.Number("beta2"), values.Number("epsilon"),
                values.Number("weight_decay")),
            Key.Optional<AdamW>("rate", NotNegative, 0.001f, o => o.Rate, "Learning rate.", main: true),
            Key.Optional<AdamW>("beta1", Share, 0.9f, o => o.Beta1, "Share of the mean kept from step to step."),
            Key.Optional<AdamW>("beta2", Share, 0.999f, o => o.Beta2, "Share of the mean square kept from step to step."),
            Key.Optional<AdamW>("epsilon", Positive, 1e-8f, o => o.Epsilon, "Added to the root."),
            Key.Optional<AdamW>("weight_decay", NotNegative, 0.01f, o => o.WeightDecay,
                "Each step takes rate times this share off every parameter.")),
        Kind.Of("rmsprop", "RMSProp: the gradient over a moving root mean square of itself.",
            values => new RmsProp(values.Number("rate"), values.Number("decay"), values.Number("momentum"), values.Number("epsilon"),
                values.Number("weight_decay")),
            Key.Optional<RmsProp>("rate", NotNegative, 0.01f, o => o.Rate, "Learning rate.", main: true),
            Key.Optional<RmsProp>("decay", Share, 0.99f, o => o.Decay, "Share of the mean square kept from step to step."),
            Key.Optional<RmsProp>("momentum", Share, 0f, o => o.Momentum,
                "Share of the last step's direction kept in the next; 0: none."),
            Key.Optional<RmsProp>("epsilon", Positive, 1e-8f, o => o.Epsilon, "Added to the root."),
            Key.Optional<RmsProp>("weight_decay", NotNegative, 0f, o => o.WeightDecay, DecaySummary)),
        Kind.Of("sgd", "Stochastic gradient descent, with momentum and weight decay if wanted.",
            values => new Sgd(values.Number("rate"), values.Number("momentum"), values.Number("weight_decay"), values.Flag("nesterov")),
            Key.Needed<Sgd>("rate", NotNegative, s => s.Rate, "Learning rate: the step is rate times the momentum vector.",
                main: true),
            Key.Optional<Sgd>("momentum", Share, 0f, s => s.Momentum, "Share of the last step's direction kept in the next; 0: none."),
            Key.Optional<Sgd>("weight_decay", NotNegative, 0f, s => s.WeightDecay, DecaySummary),
            Key.Optional<Sgd>("nesterov", new FlagType(), false, s => s.Nesterov,
                "Whether the step is taken from where the momentum leads.", later: true)),
        Kind.Of("steepest-descent", "Steepest descent on the loss of all training samples with a line search; each epoch is one evaluation.",
            values => new SteepestDescent(values.Get<LineSearch>("search"), values.Number("rate"), values.Number("decrease"),
                values.Number("shrink"), values.Number("growth")),
            Key.Optional<SteepestDescent>("search", new WordType<LineSearch>("line search", ("armijo", LineSearch.Armijo),
                ("exact", LineSearch.Exact)), LineSearch.Armijo, o => o.Search,
                "armijo: shorter trials until one brings enough; exact: the minimum along the line of a quadratic.", main: true),
            Key.Optional<SteepestDescent>("rate", Positive, 1f, o => o.Rate, "The first trial's step along the gradient."),
            Key.Optional<SteepestDescent>("decrease", Share, 1e-4f, o => o.Decrease,
                "Of armijo: the share of what the slope promises that must come true."),
            Key.Optional<SteepestDescent>("shrink", new NumberType(0, 1, above: true, below: true), 0.5f, o => o.Shrink,
                "Of armijo: the step after a trial that brought too little, times this."),
            Key.Optional<SteepestDescent>("growth", new NumberType(1, 1000), 2f, o => o.Growth,
                "Of armijo: the step after an accepted trial, times this.")));
}
