using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>A step of a model: adds its parameters and operations to a graph.</summary>
public abstract record Layer
{
    /// <summary>The kind, as a job names it: "linear".</summary>
    public abstract string Kind { get; }

    /// <summary>For an activation, the initialization that suits the weights before it; null for any other layer.</summary>
    public virtual Initializer? InitializerBefore => null;

    /// <summary>What one of its units sees of the layer's input.</summary>
    public virtual Reach Reach => Reach.Own;

    /// <summary>Layers inside this one, each list fed by what goes into this layer; none for most.</summary>
    public virtual IReadOnlyList<Branch> Branches => [];

    /// <summary>Adds the layer behind <paramref name="input"/>.</summary>
    /// <param name="name">The prefix of its parameters' names: "linear1" gives "linear1.weight".</param>
    /// <param name="next">The layers that follow, nearest first: the first activation among them picks the default
    /// initialization.</param>
    /// <exception cref="ShapeException">The input's shape does not fit.</exception>
    public abstract Value Apply(Value input, string name, IReadOnlyList<Layer> next);

    /// <summary>The initialization of weights that suits the first activation behind them: He normal before a ReLU, Glorot uniform
    /// before any other or none.</summary>
    protected static Initializer DefaultWeights(IReadOnlyList<Layer> next) =>
        next.Select(layer => layer.InitializerBefore).FirstOrDefault(found => found is not null) ?? new GlorotUniform();
}
