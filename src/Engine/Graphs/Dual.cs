using System.Numerics;

namespace Distributed.Engine.Graphs;

/// <summary>A dual number v + t·ε with ε² = 0: a value and its derivative in one direction, for forward-mode differentiation.</summary>
/// <remarks><code>
/// f(v + t·ε) = f(v) + f′(v)·t·ε      (a + a′ε)·(b + b′ε) = ab + (a′b + ab′)·ε
/// </code>
/// An <see cref="Executor{T}"/> of dual numbers whose leaves carry the tangents of a direction gives, in one forward pass, the
/// Jacobian times that direction: the operations are generic and need no code for it. Values are those of double, to the bit.
/// Comparisons, ordering and tests such as IsNaN look at the value alone, so that a ReLU or a maximum takes the branch that it takes
/// with double, and carries that branch's tangent. <see cref="Equals(Dual)"/> looks at both parts. What has no derivative of use here
/// (bits, parsing, most trigonometry) throws <see cref="NotSupportedException"/>.
/// </remarks>
public readonly partial struct Dual(double value, double tangent = 0) : IFloatingPointIeee754<Dual>
{
    public double Value { get; } = value;

    /// <summary>The derivative of <see cref="Value"/> in the direction that the leaves were given.</summary>
    public double Tangent { get; } = tangent;

    public static Dual Zero => new(0);

    public static Dual One => new(1);

    public static Dual NegativeOne => new(-1);

    public static Dual NegativeZero => new(-0.0);

    public static Dual AdditiveIdentity => new(0);

    public static Dual MultiplicativeIdentity => new(1);

    public static Dual E => new(Math.E);

    public static Dual Pi => new(Math.PI);

    public static Dual Tau => new(Math.Tau);

    public static Dual Epsilon => new(double.Epsilon);

    public static Dual NaN => new(double.NaN, double.NaN);

    public static Dual PositiveInfinity => new(double.PositiveInfinity);

    public static Dual NegativeInfinity => new(double.NegativeInfinity);

    public static int Radix => 2;

    public static Dual operator +(Dual x) => x;

    public static Dual operator -(Dual x) => new(-x.Value, -x.Tangent);

    public static Dual operator +(Dual x, Dual y) => new(x.Value + y.Value, x.Tangent + y.Tangent);

    public static Dual operator -(Dual x, Dual y) => new(x.Value - y.Value, x.Tangent - y.Tangent);

    public static Dual operator *(Dual x, Dual y) => new(x.Value * y.Value, (x.Tangent * y.Value) + (x.Value * y.Tangent));

    public static Dual operator /(Dual x, Dual y)
    {
        var quotient = x.Value / y.Value;
        return new(quotient, (x.Tangent - (quotient * y.Tangent)) / y.Value);
    }

    public static Dual operator ++(Dual x) => x + One;

    public static Dual operator --(Dual x) => x - One;

    public static bool operator ==(Dual x, Dual y) => x.Value == y.Value;

    public static bool operator !=(Dual x, Dual y) => x.Value != y.Value;

    public static bool operator <(Dual x, Dual y) => x.Value < y.Value;

    public static bool operator >(Dual x, Dual y) => x.Value > y.Value;

    public static bool operator <=(Dual x, Dual y) => x.Value <= y.Value;

    public static bool operator >=(Dual x, Dual y) => x.Value >= y.Value;

    public bool Equals(Dual other) => Value.Equals(other.Value) && Tangent.Equals(other.Tangent);

    public override bool Equals(object? obj) => obj is Dual other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Value, Tangent);

    public int CompareTo(Dual other) => Value.CompareTo(other.Value);

    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        Dual other => CompareTo(other),
        _ => throw new ArgumentException($"a dual number is compared with a dual number, got {obj.GetType()}", nameof(obj)),
    };
}
