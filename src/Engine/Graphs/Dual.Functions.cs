namespace Distributed.Engine.Graphs;

/// <summary>Functions of dual numbers: each gives f(v) and f′(v)·t.</summary>
public readonly partial struct Dual
{
    public static Dual FusedMultiplyAdd(Dual x, Dual y, Dual z) => new(Math.FusedMultiplyAdd(x.Value, y.Value, z.Value),
        Math.FusedMultiplyAdd(x.Tangent, y.Value, Math.FusedMultiplyAdd(x.Value, y.Tangent, z.Tangent)));

    /// <summary>The slope at 0 is taken as 1.</summary>
    public static Dual Abs(Dual x) => double.IsNegative(x.Value) ? -x : x;

    public static Dual Sqrt(Dual x)
    {
        var root = Math.Sqrt(x.Value);
        return new(root, x.Tangent / (2 * root));
    }

    public static Dual Cbrt(Dual x)
    {
        var root = Math.Cbrt(x.Value);
        return new(root, x.Tangent / (3 * root * root));
    }

    public static Dual Exp(Dual x) => Along(x, Math.Exp(x.Value), Math.Exp(x.Value));

    public static Dual ExpM1(Dual x) => Along(x, double.ExpM1(x.Value), Math.Exp(x.Value));

    public static Dual Exp2(Dual x) => Along(x, double.Exp2(x.Value), double.Exp2(x.Value) * Math.Log(2));

    public static Dual Exp10(Dual x) => Along(x, double.Exp10(x.Value), double.Exp10(x.Value) * Math.Log(10));

    public static Dual Log(Dual x) => Along(x, Math.Log(x.Value), 1 / x.Value);

    public static Dual Log(Dual x, Dual newBase) => Log(x) / Log(newBase);

    public static Dual LogP1(Dual x) => Along(x, double.LogP1(x.Value), 1 / (1 + x.Value));

    public static Dual Log2(Dual x) => Along(x, Math.Log2(x.Value), 1 / (x.Value * Math.Log(2)));

    public static Dual Log10(Dual x) => Along(x, Math.Log10(x.Value), 1 / (x.Value * Math.Log(10)));

    /// <summary>x^y; a tangent of 0 takes no part, so that a constant exponent needs no logarithm of x.</summary>
    public static Dual Pow(Dual x, Dual y)
    {
        var power = Math.Pow(x.Value, y.Value);
        var byBase = x.Tangent == 0 || y.Value == 0 ? 0 : y.Value * Math.Pow(x.Value, y.Value - 1) * x.Tangent;
        var byExponent = y.Tangent == 0 || (x.Value == 0 && y.Value >= 0) ? 0 : power * Math.Log(x.Value) * y.Tangent;
        return new(power, byBase + byExponent);
    }

    public static Dual Sin(Dual x) => Along(x, Math.Sin(x.Value), Math.Cos(x.Value));

    public static Dual Cos(Dual x) => Along(x, Math.Cos(x.Value), -Math.Sin(x.Value));

    public static (Dual Sin, Dual Cos) SinCos(Dual x) => (Sin(x), Cos(x));

    public static Dual Tan(Dual x) => Along(x, Math.Tan(x.Value), 1 + (Math.Tan(x.Value) * Math.Tan(x.Value)));

    public static Dual Atan(Dual x) => Along(x, Math.Atan(x.Value), 1 / (1 + (x.Value * x.Value)));

    public static Dual Sinh(Dual x) => Along(x, Math.Sinh(x.Value), Math.Cosh(x.Value));

    public static Dual Cosh(Dual x) => Along(x, Math.Cosh(x.Value), Math.Sinh(x.Value));

    public static Dual Tanh(Dual x)
    {
        var y = Math.Tanh(x.Value);
        return Along(x, y, 1 - (y * y));
    }

    public static Dual Hypot(Dual x, Dual y) => Sqrt((x * x) + (y * y));

    public static Dual Max(Dual x, Dual y) => Picked(Math.Max(x.Value, y.Value), x, y);

    public static Dual Min(Dual x, Dual y) => Picked(Math.Min(x.Value, y.Value), x, y);

    public static Dual MaxNumber(Dual x, Dual y) => Picked(double.MaxNumber(x.Value, y.Value), x, y);

    public static Dual MinNumber(Dual x, Dual y) => Picked(double.MinNumber(x.Value, y.Value), x, y);

    public static Dual MaxMagnitude(Dual x, Dual y) => Picked(double.MaxMagnitude(x.Value, y.Value), x, y);

    public static Dual MinMagnitude(Dual x, Dual y) => Picked(double.MinMagnitude(x.Value, y.Value), x, y);

    public static Dual MaxMagnitudeNumber(Dual x, Dual y) => Picked(double.MaxMagnitudeNumber(x.Value, y.Value), x, y);

    public static Dual MinMagnitudeNumber(Dual x, Dual y) => Picked(double.MinMagnitudeNumber(x.Value, y.Value), x, y);

    public static Dual CopySign(Dual value, Dual sign) => double.IsNegative(value.Value) == double.IsNegative(sign.Value) ? value : -value;

    /// <summary>The multiple of y that is taken off is whole, so it has no slope of its own.</summary>
    public static Dual operator %(Dual x, Dual y) => new(x.Value % y.Value, x.Tangent - (Math.Truncate(x.Value / y.Value) * y.Tangent));

    /// <summary>Steps: the slope is 0.</summary>
    public static Dual Round(Dual x, int digits, MidpointRounding mode) => new(Math.Round(x.Value, digits, mode));

    public static Dual ScaleB(Dual x, int n) => new(Math.ScaleB(x.Value, n), Math.ScaleB(x.Tangent, n));

    public static int ILogB(Dual x) => Math.ILogB(x.Value);

    public static bool IsCanonical(Dual value) => true;

    public static bool IsComplexNumber(Dual value) => false;

    public static bool IsImaginaryNumber(Dual value) => false;

    public static bool IsRealNumber(Dual value) => double.IsRealNumber(value.Value);

    public static bool IsEvenInteger(Dual value) => double.IsEvenInteger(value.Value);

    public static bool IsOddInteger(Dual value) => double.IsOddInteger(value.Value);

    public static bool IsInteger(Dual value) => double.IsInteger(value.Value);

    public static bool IsFinite(Dual value) => double.IsFinite(value.Value);

    public static bool IsInfinity(Dual value) => double.IsInfinity(value.Value);

    public static bool IsPositiveInfinity(Dual value) => double.IsPositiveInfinity(value.Value);

    public static bool IsNegativeInfinity(Dual value) => double.IsNegativeInfinity(value.Value);

    public static bool IsNaN(Dual value) => double.IsNaN(value.Value);

    public static bool IsNegative(Dual value) => double.IsNegative(value.Value);

    public static bool IsPositive(Dual value) => double.IsPositive(value.Value);

    public static bool IsNormal(Dual value) => double.IsNormal(value.Value);

    public static bool IsSubnormal(Dual value) => double.IsSubnormal(value.Value);

    public static bool IsZero(Dual value) => value.Value == 0;

    private static Dual Along(Dual x, double value, double slope) => new(value, slope * x.Tangent);

    /// <summary>The one of two that has this value, the first where both have.</summary>
    private static Dual Picked(double value, Dual x, Dual y) => x.Value.Equals(value) ? x : y;
}
