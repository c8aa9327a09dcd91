namespace Distributed.Engine.Initialization;

/// <summary>Normal with mean 0 and standard deviation √(2 / (fan_in + fan_out)): the variance of <see cref="GlorotUniform"/>.</summary>
public sealed record GlorotNormal : Initializer
{
    public override void Fill(Span<float> weights, Shape shape, ulong seed, uint parameter)
    {
        var fans = Fans.Of(shape);
        RandomFill.Normal(weights, Math.Sqrt(2.0 / (fans.In + fans.Out)), seed, parameter);
    }
}
