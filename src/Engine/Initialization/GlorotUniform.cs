namespace Distributed.Engine.Initialization;

/// <summary>Uniform in [−l, l) with l = √(6 / (fan_in + fan_out)): for tanh, sigmoid and linear outputs.</summary>
/// <remarks>Glorot, Bengio: Understanding the difficulty of training deep feedforward neural networks (2010), eq. 16.</remarks>
public sealed record GlorotUniform : Initializer
{
    public override void Fill(Span<float> weights, Shape shape, ulong seed, uint parameter)
    {
        var fans = Fans.Of(shape);
        RandomFill.Uniform(weights, Math.Sqrt(6.0 / (fans.In + fans.Out)), seed, parameter);
    }
}
