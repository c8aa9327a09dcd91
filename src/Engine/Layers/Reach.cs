using System.Numerics;

namespace Distributed.Engine.Layers;

/// <summary>A ratio of whole numbers in lowest terms: how far apart the units of a map lie in the image.</summary>
public readonly record struct Ratio
{
    public Ratio(long numerator, long denominator = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numerator, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(denominator, 1);
        var divisor = (long)BigInteger.GreatestCommonDivisor(numerator, denominator);
        (Numerator, Denominator) = (numerator / divisor, denominator / divisor);
    }

    public long Numerator { get; }

    public long Denominator { get; }

    /// <summary>The smallest whole number that is not less.</summary>
    public long Ceiling => (Numerator + Denominator - 1) / Denominator;

    public static implicit operator Ratio(long number) => new(number);

    public static Ratio operator *(Ratio left, Ratio right) =>
        new(checked(left.Numerator * right.Numerator), checked(left.Denominator * right.Denominator));

    public static Ratio operator +(Ratio left, Ratio right) => new(
        checked((left.Numerator * right.Denominator) + (right.Numerator * left.Denominator)), checked(left.Denominator * right.Denominator));

    public static bool operator >(Ratio left, Ratio right) => left.Numerator * right.Denominator > right.Numerator * left.Denominator;

    public static bool operator <(Ratio left, Ratio right) => right > left;

    /// <summary>"2", "1/2".</summary>
    public override string ToString() => Denominator == 1 ? $"{Numerator}" : $"{Numerator}/{Denominator}";
}

/// <summary>How much of an image a unit sees along one axis, and how far the next unit sees from it.</summary>
/// <param name="Extent">From the first pixel to the last that a unit depends on, less 1; a fraction where units lie between pixels.</param>
/// <param name="Jump">Pixels from what a unit sees to what its neighbour sees.</param>
public readonly record struct AxisReach(Ratio Extent, Ratio Jump)
{
    /// <summary>Pixels that a unit sees at most, both ends included: the receptive field.</summary>
    public long Field => Extent.Ceiling + 1;

    /// <summary>What a unit behind another layer sees through this one: r = 1 + Σ (k − 1)·d·Π of the strides before.</summary>
    public AxisReach Then(AxisReach next) => new(Extent + (next.Extent * Jump), Jump * next.Jump);
}

/// <summary>What the units of a layer see of its input: the receptive field.</summary>
/// <remarks><code>
/// a window of k taps, d apart, at stride s     field (k − 1)·d + 1, jump s
/// a layer that makes images f times larger     jump 1 / f
/// element by element                           field 1, jump 1
/// fully connected                              everything
/// </code>
/// So a unit that pools P·P units of a convolution with masks K·K sees (P + K − 1)·(P + K − 1) pixels.
/// Source: Araujo, Norris, Sim: Computing Receptive Fields of Convolutional Neural Networks (2019).</remarks>
/// <param name="SeesAll">Every unit sees the whole input; the rest is then of no meaning.</param>
public readonly record struct Reach(AxisReach Y, AxisReach X, bool SeesAll = false)
{
    /// <summary>Each unit sees the unit at its own place.</summary>
    public static Reach Own { get; } = new(new AxisReach(0, 1), new AxisReach(0, 1));

    public static Reach Everything { get; } = Own with { SeesAll = true };

    /// <summary>Windows over the input.</summary>
    public static Reach Of(Axes kernel, Axes stride, Axes dilation) => new(
        new AxisReach((kernel.Y - 1L) * dilation.Y, stride.Y), new AxisReach((kernel.X - 1L) * dilation.X, stride.X));

    /// <summary>What the units of <paramref name="next"/>, which stands behind this, see of this one's input.</summary>
    public Reach Then(Reach next) => SeesAll || next.SeesAll ? Everything : new Reach(Y.Then(next.Y), X.Then(next.X));

    /// <summary>What a sum of two branches over the same input sees: the larger field of the two.</summary>
    public Reach Or(Reach other) => SeesAll || other.SeesAll ? Everything : new Reach(
        other.Y.Extent > Y.Extent ? other.Y : Y, other.X.Extent > X.Extent ? other.X : X);

    /// <summary>After each layer: what its units see of the first one's input.</summary>
    public static IEnumerable<Reach> Through(IEnumerable<Layer> layers)
    {
        var reach = Own;
        var pools = new Stack<MaxPool>();
        foreach (var layer in layers) yield return reach = reach.Then(Of(layer, pools));
    }

    /// <summary>Of a layer behind others: an unpooling undoes the last pooling that none has undone yet.</summary>
    /// <param name="pools">The poolings before the layer that are not undone; kept up to date.</param>
    internal static Reach Of(Layer layer, Stack<MaxPool> pools)
    {
        if (layer is MaxPool pool) pools.Push(pool);
        return layer is Unpool && pools.TryPop(out var undone) ? Unpool.Undoing(undone) : layer.Reach;
    }

    /// <summary>"5 x 5", "all".</summary>
    public override string ToString() => SeesAll ? "all" : $"{Y.Field} x {X.Field}";
}
