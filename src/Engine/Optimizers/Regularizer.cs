using Distributed.Engine.Graphs;

namespace Distributed.Engine.Optimizers;

/// <summary>A penalty on the weights, added to the mean loss; its gradient is added once a step, after the division by B.</summary>
public abstract record Regularizer
{
    /// <summary>Adds the penalty's gradient to a slice of ∇L.</summary>
    /// <param name="layout">Tells weights from biases.</param>
    /// <param name="offset">First element of the slice in the flat vector.</param>
    /// <param name="weights">Weights of the slice.</param>
    /// <param name="gradient">∇L of the slice, changed in place.</param>
    public abstract void AddGradient(ParameterLayout layout, int offset, ReadOnlySpan<float> weights, Span<float> gradient);

    /// <summary>The penalty of the whole flat vector, summed in double precision in element order.</summary>
    public abstract double Penalty(ParameterLayout layout, ReadOnlySpan<float> weights);
}
