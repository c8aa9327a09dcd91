namespace Distributed.Engine.Initialization;

/// <summary>How a parameter gets its first values.</summary>
public abstract record Initializer
{
    /// <summary>All +0: biases.</summary>
    public static Initializer Zero { get; } = new ZeroInitializer();

    /// <param name="weights">The slice to fill, row-major; for a linear layer [out, in].</param>
    /// <param name="shape">Its shape; fan-in is the product of all extents but the first.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="parameter">Index of the parameter in the model: the key of its random stream.</param>
    public abstract void Fill(Span<float> weights, Shape shape, ulong seed, uint parameter);

    private sealed record ZeroInitializer : Initializer
    {
        public override void Fill(Span<float> weights, Shape shape, ulong seed, uint parameter) => weights.Clear();
    }
}
