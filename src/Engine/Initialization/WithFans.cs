namespace Distributed.Engine.Initialization;

/// <summary>An initializer that takes the fans as given, where the parameter's shape would tell others.</summary>
public sealed record WithFans(Initializer Inner, Fans Fans) : Initializer
{
    /// <summary>The initializer itself where it does not look at the fans.</summary>
    public static Initializer Of(Initializer initializer, Fans fans) =>
        initializer is HeNormal or HeUniform or GlorotNormal or GlorotUniform ? new WithFans(initializer, fans) : initializer;

    public override void Fill(Span<float> weights, Shape shape, ulong seed, uint parameter) =>
        Inner.Fill(weights, new Shape(checked((int)Fans.Out), checked((int)Fans.In)), seed, parameter);
}
