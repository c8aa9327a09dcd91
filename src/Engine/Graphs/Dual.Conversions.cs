using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Distributed.Engine.Graphs;

/// <summary>Conversions: from a number, a dual number without tangent; to a number, the value.</summary>
public readonly partial struct Dual
{
    /// <summary>A constant: it does not move.</summary>
    public static implicit operator Dual(double value) => new(value);

    public override string ToString() => ToString(null, CultureInfo.InvariantCulture);

    /// <summary>"2 + 0.5ε".</summary>
    public string ToString(string? format, IFormatProvider? formatProvider) =>
        $"{Value.ToString(format, formatProvider)} + {Tangent.ToString(format, formatProvider)}ε";

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        var text = ToString(format.ToString(), provider);
        charsWritten = text.Length <= destination.Length ? text.Length : 0;
        return text.TryCopyTo(destination);
    }

    static bool INumberBase<Dual>.TryConvertFromChecked<TOther>(TOther value, out Dual result) =>
        From(double.CreateChecked(value), out result);

    static bool INumberBase<Dual>.TryConvertFromSaturating<TOther>(TOther value, out Dual result) =>
        From(double.CreateSaturating(value), out result);

    static bool INumberBase<Dual>.TryConvertFromTruncating<TOther>(TOther value, out Dual result) =>
        From(double.CreateTruncating(value), out result);

    static bool INumberBase<Dual>.TryConvertToChecked<TOther>(Dual value, [MaybeNullWhen(false)] out TOther result) =>
        To(TOther.CreateChecked(value.Value), out result);

    static bool INumberBase<Dual>.TryConvertToSaturating<TOther>(Dual value, [MaybeNullWhen(false)] out TOther result) =>
        To(TOther.CreateSaturating(value.Value), out result);

    static bool INumberBase<Dual>.TryConvertToTruncating<TOther>(Dual value, [MaybeNullWhen(false)] out TOther result) =>
        To(TOther.CreateTruncating(value.Value), out result);

    private static bool From(double value, out Dual result)
    {
        result = new Dual(value);
        return true;
    }

    private static bool To<TOther>(TOther value, out TOther result)
    {
        result = value;
        return true;
    }
}
