using Distributed.Engine.Graphs;

namespace Distributed.Engine.Optimizers;

/// <summary>Turns a gradient into new weights, element by element, so that any slice of the flat vector can be stepped alone.</summary>
/// <remarks>An optimizer that must see all of the gradient first (a line search) says so by <see cref="NeedsWholeStep"/> and takes its
/// decision in <see cref="Begin"/>; what it decided lies in the state's scalars, and the slices follow.</remarks>
public abstract record Optimizer
{
    /// <summary>Names of the state vectors ("momentum"), each as long as the parameters, all +0 at the start.</summary>
    public abstract IReadOnlyList<string> StateNames { get; }

    /// <summary>Names of the numbers kept between steps, all 0 at the start.</summary>
    public virtual IReadOnlyList<string> ScalarNames => [];

    /// <summary>Whether <see cref="Begin"/> must see the whole gradient and the loss before the first slice is stepped.</summary>
    public virtual bool NeedsWholeStep => false;

    /// <summary>Whether a loss that is NaN or infinite is met by the optimizer itself (a trial step that went too far); the same before
    /// and after <see cref="Begin"/> has met it.</summary>
    public virtual bool ToleratesInfiniteLoss(OptimizerState state) => false;

    /// <summary>Whether every step must see all training samples: a line search compares losses of the same function.</summary>
    public virtual bool NeedsFullBatch => false;

    /// <summary>Whether it has a learning rate that can be set anew for later steps (<see cref="UpdateStep.RateSet"/>).</summary>
    public virtual bool HasRate => false;

    /// <summary>Called once before the slices of a step where <see cref="NeedsWholeStep"/>.</summary>
    public virtual void Begin(in WholeStep step, OptimizerState state)
    {
    }

    /// <summary>Steps the slice that begins at <paramref name="offset"/> of the flat vector.</summary>
    /// <param name="offset">First element of the slice in the flat vector; used to find the slice in <paramref name="state"/>.</param>
    /// <param name="gradient">∇L of the slice, regularizer included.</param>
    /// <param name="weights">Weights of the slice before the step.</param>
    /// <param name="next">Where the weights after the step go; not the same memory as <paramref name="weights"/>.</param>
    public abstract void Update(in UpdateStep step, int offset, ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights,
        Span<float> next, OptimizerState state);

    public OptimizerState NewState(int parameters) => new(StateNames, parameters, ScalarNames);
}

/// <summary>Where a run stands when its weights are stepped.</summary>
/// <param name="Step">Steps taken before this one, 0 at the first.</param>
/// <param name="RateFactor">What the learning rate is multiplied by, from the run's schedule.</param>
/// <param name="IsLast">Whether no step follows.</param>
public readonly record struct UpdateStep(long Step, double RateFactor = 1, bool IsLast = false)
{
    /// <summary>A rate that was set for this step in place of the optimizer's own; null: none was.</summary>
    public float? RateSet { get; init; }

    /// <summary>The learning rate of this step: rate · factor, rounded once.</summary>
    /// <param name="own">The optimizer's own rate.</param>
    public float Rate(float own) => (float)ExactRate(own);

    /// <summary>The same before it is rounded.</summary>
    public double ExactRate(float own) => (RateSet ?? own) * RateFactor;
}

/// <summary>All of a step at once: what a line search decides from.</summary>
public readonly ref struct WholeStep
{
    public required UpdateStep Step { get; init; }

    /// <summary>Mean loss of the batch plus the regularizer's penalty, at <see cref="Weights"/>.</summary>
    public required double Loss { get; init; }

    /// <summary>Tells trained parameters from statistics.</summary>
    public required ParameterLayout Layout { get; init; }

    /// <summary>∇L, regularizer included; statistics' slices hold what was observed.</summary>
    public required ReadOnlySpan<float> Gradient { get; init; }

    public required ReadOnlySpan<float> Weights { get; init; }
}

/// <summary>The optimizer's vectors, each of the parameters' layout, and its numbers.</summary>
public sealed class OptimizerState(IReadOnlyList<string> names, int parameters, IReadOnlyList<string>? scalarNames = null)
{
    private readonly Memory<float>[] _vectors = [.. names.Select(_ => AlignedMemory.Allocate(parameters))];

    public IReadOnlyList<string> Names { get; } = names;

    /// <summary>Elements of each vector.</summary>
    public int Parameters { get; } = parameters;

    public IReadOnlyList<string> ScalarNames { get; } = scalarNames ?? [];

    /// <summary>One number for each of <see cref="ScalarNames"/>.</summary>
    public double[] Scalars { get; } = new double[scalarNames?.Count ?? 0];

    /// <summary>State vector <paramref name="index"/>, whole.</summary>
    public Memory<float> this[int index] => _vectors[index];

    public void CopyTo(OptimizerState other)
    {
        for (var i = 0; i < _vectors.Length; i++) _vectors[i].CopyTo(other._vectors[i]);
        Scalars.CopyTo(other.Scalars, 0);
    }

    public OptimizerState Clone()
    {
        var clone = new OptimizerState(Names, Parameters, ScalarNames);
        CopyTo(clone);
        return clone;
    }
}
