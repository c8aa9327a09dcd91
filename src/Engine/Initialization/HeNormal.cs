namespace Distributed.Engine.Initialization;

/// <summary>Normal with mean 0 and standard deviation √(2 / fan_in): keeps the variance of activations through ReLU.</summary>
/// <remarks>He, Zhang, Ren, Sun: Delving Deep into Rectifiers (2015), eq. 10.</remarks>
public sealed record HeNormal : Initializer
{
    public override void Fill(Span<float> weights, Shape shape, ulong seed, uint parameter) =>
        RandomFill.Normal(weights, Math.Sqrt(2.0 / Fans.Of(shape).In), seed, parameter);
}
