using Distributed.Engine.Randomness;

namespace Distributed.Engine.Initialization;

/// <summary>The two ways in which initializers draw: from the stream (seed, parameter), in element order, in double precision,
/// rounded to float once.</summary>
internal static class RandomFill
{
    public static void Normal(Span<float> weights, double deviation, ulong seed, uint parameter)
    {
        var random = new RandomStream(seed, RandomPurpose.Initialization, parameter);
        for (var i = 0; i < weights.Length; i++) weights[i] = (float)(deviation * random.NextGaussian());
    }

    /// <summary>Uniform in [−limit, limit).</summary>
    public static void Uniform(Span<float> weights, double limit, ulong seed, uint parameter)
    {
        var random = new RandomStream(seed, RandomPurpose.Initialization, parameter);
        for (var i = 0; i < weights.Length; i++) weights[i] = (float)(limit * (2 * random.NextDouble() - 1));
    }
}
