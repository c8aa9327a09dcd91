namespace Distributed.Engine.Optimizers;

/// <summary>Turns a gradient into new weights, element by element, so that any slice of the flat vector can be stepped alone.</summary>
public abstract record Optimizer
{
    /// <summary>Names of the state vectors ("momentum"), each as long as the parameters, all +0 at the start.</summary>
    public abstract IReadOnlyList<string> StateNames { get; }

    /// <summary>Steps the slice that begins at <paramref name="offset"/> of the flat vector.</summary>
    /// <param name="step">Steps taken before this one, 0 at the first.</param>
    /// <param name="offset">First element of the slice in the flat vector; used to find the slice in <paramref name="state"/>.</param>
    /// <param name="gradient">∇L of the slice, regularizer included.</param>
    /// <param name="weights">Weights of the slice before the step.</param>
    /// <param name="next">Where the weights after the step go; not the same memory as <paramref name="weights"/>.</param>
    public abstract void Update(long step, int offset, ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights, Span<float> next,
        OptimizerState state);

    public OptimizerState NewState(int parameters) => new(StateNames, parameters);
}

/// <summary>The optimizer's vectors, each of the parameters' layout.</summary>
public sealed class OptimizerState(IReadOnlyList<string> names, int parameters)
{
    private readonly float[][] _vectors = [.. names.Select(_ => new float[parameters])];

    public IReadOnlyList<string> Names { get; } = names;

    /// <summary>State vector <paramref name="index"/>, whole.</summary>
    public float[] this[int index] => _vectors[index];
}
