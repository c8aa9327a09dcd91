using Distributed.Engine.Graphs;

namespace Distributed.Engine.Tests.Graphs;

public class DualTests
{
    /// <summary>By name: a function of any floating-point type, and numbers to try it at.</summary>
    private static readonly Dictionary<string, (Func<Dual, Dual> OfDual, Func<double, double> OfDouble, double[] At)> Functions = new()
    {
        ["negate"] = (x => -x, x => -x, [-1.5, 2]),
        ["add"] = (x => x + x + 1, x => x + x + 1, [-1.5, 2]),
        ["subtract"] = (x => 3 - (x * x), x => 3 - (x * x), [-1.5, 2]),
        ["divide"] = (x => x / (x + 5), x => x / (x + 5), [-1.5, 2]),
        ["reciprocal"] = (x => 1 / x, x => 1 / x, [-1.5, 2]),
        ["fma"] = (x => Dual.FusedMultiplyAdd(x, x + 1, 3 * x), x => Math.FusedMultiplyAdd(x, x + 1, 3 * x), [-1.5, 2]),
        ["abs"] = (Dual.Abs, Math.Abs, [-1.5, 2]),
        ["sqrt"] = (Dual.Sqrt, Math.Sqrt, [0.3, 2]),
        ["cbrt"] = (Dual.Cbrt, Math.Cbrt, [0.3, -2]),
        ["exp"] = (Dual.Exp, Math.Exp, [-1.5, 2]),
        ["expm1"] = (Dual.ExpM1, double.ExpM1, [-1.5, 1e-3]),
        ["exp2"] = (Dual.Exp2, double.Exp2, [-1.5, 2]),
        ["exp10"] = (Dual.Exp10, double.Exp10, [-1.5, 1]),
        ["log"] = (Dual.Log, Math.Log, [0.3, 2]),
        ["log base"] = (x => Dual.Log(x, 3), x => Math.Log(x) / Math.Log(3), [0.3, 2]),
        ["logp1"] = (Dual.LogP1, double.LogP1, [-0.3, 2]),
        ["log2"] = (Dual.Log2, Math.Log2, [0.3, 2]),
        ["log10"] = (Dual.Log10, Math.Log10, [0.3, 2]),
        ["x to the 2.5"] = (x => Dual.Pow(x, 2.5), x => Math.Pow(x, 2.5), [0.3, 2]),
        ["x to the 3 below 0"] = (x => Dual.Pow(x, 3), x => Math.Pow(x, 3), [-1.5, 0]),
        ["2.5 to the x"] = (x => Dual.Pow(2.5, x), x => Math.Pow(2.5, x), [-1.5, 2]),
        ["x to the x"] = (x => Dual.Pow(x, x), x => Math.Pow(x, x), [0.3, 2]),
        ["sin"] = (Dual.Sin, Math.Sin, [-1.5, 2]),
        ["cos"] = (x => Dual.SinCos(x).Cos, Math.Cos, [-1.5, 2]),
        ["tan"] = (Dual.Tan, Math.Tan, [-1.2, 2]),
        ["atan"] = (Dual.Atan, Math.Atan, [-1.5, 2]),
        ["sinh"] = (Dual.Sinh, Math.Sinh, [-1.5, 2]),
        ["cosh"] = (Dual.Cosh, Math.Cosh, [-1.5, 2]),
        ["tanh"] = (Dual.Tanh, Math.Tanh, [-1.5, 0.2]),
        ["hypot"] = (x => Dual.Hypot(x, 2 * x * x), x => double.Hypot(x, 2 * x * x), [-1.5, 2]),
        ["max"] = (x => Dual.Max(x * x, 1), x => Math.Max(x * x, 1), [-1.5, 0.5]),
        ["min"] = (x => Dual.Min(x * x, 1), x => Math.Min(x * x, 1), [-1.5, 0.5]),
        ["max magnitude"] = (x => Dual.MaxMagnitude(x * x, -3), x => double.MaxMagnitude(x * x, -3), [-1.5, 2]),
        ["min magnitude"] = (x => Dual.MinMagnitude(x * x, -3), x => double.MinMagnitude(x * x, -3), [-1.5, 2]),
        ["max number"] = (x => Dual.MaxNumber(x, Dual.NaN), x => x, [-1.5, 2]),
        ["min number"] = (x => Dual.MinNumber(x, Dual.NaN), x => x, [-1.5, 2]),
        ["copy sign"] = (x => Dual.CopySign(x, -1), x => -Math.Abs(x), [-1.5, 2]),
        ["remainder"] = (x => (7 * x) % 3, x => (7 * x) % 3, [-1.5, 2.1]),
        ["round"] = (x => Dual.Round(x, 1, MidpointRounding.ToEven), x => Math.Round(x, 1), [-1.52, 2.13]),
        ["scale"] = (x => Dual.ScaleB(x * x, 3), x => 8 * x * x, [-1.5, 2]),
        ["increment"] = (x => (x++ * x) - --x, x => (x * (x + 1)) - x, [-1.5, 2]),
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_tangent_is_the_derivative(string name)
    {
        var (ofDual, ofDouble, at) = Functions[name];
        foreach (var point in at)
        {
            var result = ofDual(new Dual(point, 2));
            double[] x = [point];
            Assert.Equal(ofDouble(point), result.Value, 1e-15);
            Assert.Equal(2 * NumericGradient.Central(() => ofDouble(x[0]), x)[0], result.Tangent, 1e-8 * Math.Max(1, Math.Abs(result.Tangent)));
        }
    }

    [Fact]
    public void Comparisons_look_at_the_value_and_Equals_at_both()
    {
        var (x, y) = (new Dual(1, 2), new Dual(1, 3));
        Assert.True(x == y && !(x != y) && x >= y && x <= y && !(x < y) && !(x > y) && x.CompareTo(y) == 0);
        Assert.False(x.Equals(y));
        Assert.True(x.Equals((object)new Dual(1, 2)));
        Assert.True(Dual.IsNaN(new Dual(double.NaN, 1)) && !Dual.IsNaN(new Dual(1, double.NaN)));
        Assert.Equal(3, Dual.Max(new Dual(1, 3), new Dual(1, 4)).Tangent);
    }

    [Fact]
    public void Conversions_lose_the_tangent_and_numbers_have_none()
    {
        Assert.Equal(new Dual(0.5, 0), Converted<Dual>(0.5f));
        Assert.Equal(7, int.CreateChecked(new Dual(7, 3)));
        Assert.Equal(2.5, double.CreateTruncating(new Dual(2.5, 3)));
        static T Converted<T>(float number) where T : System.Numerics.INumberBase<T> => T.CreateChecked(number);
        Assert.Equal("2 + 0.5ε", new Dual(2, 0.5).ToString());
        Assert.Equal("2.00 + 0.50ε", $"{new Dual(2, 0.5):F2}");
    }

    [Fact]
    public void What_makes_no_sense_says_so() => Assert.StartsWith("BitIncrement is not defined for dual numbers",
        Assert.Throws<NotSupportedException>(() => Dual.BitIncrement(Dual.One)).Message, StringComparison.Ordinal);
}
