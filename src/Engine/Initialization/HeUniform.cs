namespace Distributed.Engine.Initialization;

/// <summary>Uniform in [−l, l) with l = √(6 / fan_in): the variance of <see cref="HeNormal"/>.</summary>
/// <remarks>He, Zhang, Ren, Sun: Delving Deep into Rectifiers (2015), eq. 10.</remarks>
public sealed record HeUniform : Initializer
{
    public override void Fill(Span<float> weights, Shape shape, ulong seed, uint parameter) =>
        RandomFill.Uniform(weights, Math.Sqrt(6.0 / Fans.Of(shape).In), seed, parameter);
}
