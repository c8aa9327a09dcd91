using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Distributed.Engine.Graphs;

/// <summary>What the interface of floating-point numbers asks for and a dual number does not give.</summary>
public readonly partial struct Dual
{
    public static Dual Acos(Dual x) => throw No();

    public static Dual AcosPi(Dual x) => throw No();

    public static Dual Acosh(Dual x) => throw No();

    public static Dual Asin(Dual x) => throw No();

    public static Dual AsinPi(Dual x) => throw No();

    public static Dual Asinh(Dual x) => throw No();

    public static Dual Atan2(Dual y, Dual x) => throw No();

    public static Dual Atan2Pi(Dual y, Dual x) => throw No();

    public static Dual AtanPi(Dual x) => throw No();

    public static Dual Atanh(Dual x) => throw No();

    public static Dual BitDecrement(Dual x) => throw No();

    public static Dual BitIncrement(Dual x) => throw No();

    public static Dual CosPi(Dual x) => throw No();

    public static Dual Ieee754Remainder(Dual left, Dual right) => throw No();

    public static Dual RootN(Dual x, int n) => throw No();

    public static Dual SinPi(Dual x) => throw No();

    public static (Dual SinPi, Dual CosPi) SinCosPi(Dual x) => throw No();

    public static Dual TanPi(Dual x) => throw No();

    public static Dual Parse(string s, IFormatProvider? provider) => throw No();

    public static Dual Parse(string s, NumberStyles style, IFormatProvider? provider) => throw No();

    public static Dual Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => throw No();

    public static Dual Parse(ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider) => throw No();

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Dual result) => throw No();

    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Dual result) => throw No();

    public static bool TryParse(ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out Dual result) => throw No();

    public static bool TryParse([NotNullWhen(true)] string? s, NumberStyles style, IFormatProvider? provider, out Dual result) =>
        throw No();

    public int GetExponentByteCount() => throw No();

    public int GetExponentShortestBitLength() => throw No();

    public int GetSignificandBitLength() => throw No();

    public int GetSignificandByteCount() => throw No();

    public bool TryWriteExponentBigEndian(Span<byte> destination, out int bytesWritten) => throw No();

    public bool TryWriteExponentLittleEndian(Span<byte> destination, out int bytesWritten) => throw No();

    public bool TryWriteSignificandBigEndian(Span<byte> destination, out int bytesWritten) => throw No();

    public bool TryWriteSignificandLittleEndian(Span<byte> destination, out int bytesWritten) => throw No();

    private static NotSupportedException No([CallerMemberName] string member = "") =>
        new($"{member} is not defined for dual numbers: a forward-mode pass may use arithmetic, powers, exponentials, logarithms, "
            + "sin, cos, tan, hyperbolic functions, minimum and maximum");
}
