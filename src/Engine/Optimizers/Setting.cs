using System.Runtime.CompilerServices;

namespace Distributed.Engine.Optimizers;

/// <summary>Ranges of optimizers' settings.</summary>
internal static class Setting
{
    /// <summary>Finite, at least 0.</summary>
    public static float NotNegative(float value, string what, [CallerArgumentExpression(nameof(value))] string name = "") =>
        float.IsFinite(value) && value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{what} is a finite number, at least 0");

    /// <summary>Finite, above 0.</summary>
    public static float Positive(float value, string what, [CallerArgumentExpression(nameof(value))] string name = "") =>
        float.IsFinite(value) && value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{what} is a finite number above 0");

    /// <summary>0 ≤ value &lt; 1.</summary>
    public static float Share(float value, string what, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{what} is at least 0 and below 1");

    /// <summary>0 ≤ value ≤ 1.</summary>
    public static float Fraction(float value, string what, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{what} is from 0 to 1");
}
