using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>exp, log, tanh and sigmoid of float, with the same bits in every lane, at every width and on every platform.</summary>
/// <remarks>
/// The C library's functions differ between platforms and the runtime's vector functions between lengths, so each is defined
/// here by one formula of + − · / fma, comparisons and bits. Errors, measured against double over the whole range: exp 1.1 ulp,
/// log 1, log1p and tanh 2, sigmoid 2.5, expm1 4 at most. A NaN argument, or one outside the domain, gives <see cref="float.NaN"/>.
/// </remarks>
public static class FloatMath
{
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693145751953125f; // 15 bits of ln 2, so that n·Ln2High is exact
    private const float Ln2Low = 1.42860682031e-6f; // ln 2 − Ln2High
    private const float RoundToInteger = 12582912f; // 1.5·2^23: adding it leaves the nearest integer in the low bits
    private const int RoundToIntegerBits = 0x4B400000;
    private const int SqrtHalfBits = 0x3F3504F3;

    /// <summary>e^x. Exp(0) is 1; above 88.72283 it is +∞, below −103.97 it is +0, between −87.3 and that a subnormal.</summary>
    public static float Exp(float x) => Exp<Lanes1, float>(x);

    /// <summary>e^x − 1 for x ≤ 0, exact near 0 too; of x above 0 it is not defined.</summary>
    public static float Expm1OfNegative(float x) => Expm1OfNegative<Lanes1, float>(x);

    /// <summary>Natural logarithm. Log(±0) is −∞, of a negative number NaN, of 1 +0.</summary>
    public static float Log(float x) => Log<Lanes1, float>(x);

    /// <summary>log(1 + x), exact near 0 too: Log1p(x) is x for tiny x. Log1p(−1) is −∞.</summary>
    public static float Log1p(float x) => Log1p<Lanes1, float>(x);

    /// <summary>(e^x − e^−x) / (e^x + e^−x), in −1..1, odd to the bit.</summary>
    public static float Tanh(float x) => Tanh<Lanes1, float>(x);

    /// <summary>1 / (1 + e^−x), in 0..1; the exponential is only taken of −|x|, so nothing overflows.</summary>
    public static float Sigmoid(float x) => Sigmoid<Lanes1, float>(x);

    /// <inheritdoc cref="Exp(float)"/>
    public static Vector512<float> Exp(Vector512<float> x) => Exp<Lanes512, Vector512<float>>(x);

    /// <inheritdoc cref="Log(float)"/>
    public static Vector512<float> Log(Vector512<float> x) => Log<Lanes512, Vector512<float>>(x);

    /// <inheritdoc cref="Log1p(float)"/>
    public static Vector512<float> Log1p(Vector512<float> x) => Log1p<Lanes512, Vector512<float>>(x);

    /// <inheritdoc cref="Tanh(float)"/>
    public static Vector512<float> Tanh(Vector512<float> x) => Tanh<Lanes512, Vector512<float>>(x);

    /// <inheritdoc cref="Sigmoid(float)"/>
    public static Vector512<float> Sigmoid(Vector512<float> x) => Sigmoid<Lanes512, Vector512<float>>(x);

    /// <summary>x = n·ln 2 + r with |r| ≤ ln 2 / 2; e^x = 2^n · (1 + r + r²·q(r)), q of degree 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Exp<L, V>(V x) where L : ILanes<V> where V : struct
    {
        var clamped = L.Select(L.Greater(x, L.Create(89f)), L.Create(89f), x);
        clamped = L.Select(L.Less(clamped, L.Create(-104f)), L.Create(-104f), clamped);
        var shifted = L.Fma(clamped, L.Create(Log2E), L.Create(RoundToInteger));
        var n = L.Subtract(shifted, L.Create(RoundToInteger));
        var r = L.Fma(n, L.Create(-Ln2High), clamped);
        r = L.Fma(n, L.Create(-Ln2Low), r);

        var q = L.Create(0.00139262508315f);
        q = L.Fma(q, r, L.Create(0.00836323288368f));
        q = L.Fma(q, r, L.Create(0.041666554213f));
        q = L.Fma(q, r, L.Create(0.166665766661f));
        q = L.Fma(q, r, L.Create(0.5f));
        var y = L.Add(L.Fma(L.Multiply(r, r), q, r), L.Create(1f));

        // 2^n in two factors, so that n = 128 and subnormal results come out right; only the second product rounds.
        var whole = L.IntSubtract(shifted, L.IntCreate(RoundToIntegerBits));
        var half = L.IntShiftRight(whole, 1);
        y = L.Multiply(y, PowerOfTwo<L, V>(half));
        y = L.Multiply(y, PowerOfTwo<L, V>(L.IntSubtract(whole, half)));
        return L.Select(L.AreEqual(x, x), y, L.Create(float.NaN));
    }

    /// <summary>t = tanh(x/2) is in −1..0, so 1 − t cancels nothing: e^x − 1 = 2·t / (1 − t).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Expm1OfNegative<L, V>(V x) where L : ILanes<V> where V : struct
    {
        var t = Tanh<L, V>(L.Multiply(x, L.Create(0.5f)));
        return L.Divide(L.Add(t, t), L.Subtract(L.Create(1f), t));
    }

    /// <summary>x = 2^e·(1 + f) with 1 + f in [√½, √2); s = f / (2 + f), log(1 + f) = f − f²/2 + s·(f²/2 + s²·p(s²)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Log<L, V>(V x) where L : ILanes<V> where V : struct
    {
        var subnormal = L.Less(x, L.Create(1.17549435e-38f));
        var normal = L.Select(subnormal, L.Multiply(x, L.Create(8388608f)), x); // 2^23
        var exponent = L.IntShiftRight(L.IntSubtract(normal, L.IntCreate(SqrtHalfBits)), 23);
        var f = L.Subtract(L.IntSubtract(normal, L.IntShiftLeft(exponent, 23)), L.Create(1f));
        var e = L.Subtract(L.IntToFloat(exponent), L.And(subnormal, L.Create(23f)));

        var s = L.Divide(f, L.Add(L.Create(2f), f));
        var z = L.Multiply(s, s);
        var p = L.Create(0.233368110052f);
        p = L.Fma(p, z, L.Create(0.285505870376f));
        p = L.Fma(p, z, L.Create(0.400001239061f));
        p = L.Fma(p, z, L.Create(0.66666666552f));
        var halfSquare = L.Multiply(L.Multiply(L.Create(0.5f), f), f);
        var small = L.Fma(s, L.Fma(z, p, halfSquare), L.Multiply(e, L.Create(Ln2Low)));
        var y = L.Fma(e, L.Create(Ln2High), L.Subtract(f, L.Subtract(halfSquare, small)));

        y = L.Select(L.AreEqual(x, L.Create(float.PositiveInfinity)), x, y);
        var outside = L.Select(L.AreEqual(x, L.Create(0f)), L.Create(float.NegativeInfinity), L.Create(float.NaN));
        return L.Select(L.Greater(x, L.Create(0f)), y, outside);
    }

    /// <summary>u = 1 + x; log(u) + (x − (u − 1)) / u: the second term is what rounding u lost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Log1p<L, V>(V x) where L : ILanes<V> where V : struct
    {
        var u = L.Add(L.Create(1f), x);
        var log = Log<L, V>(u);
        var lost = L.Divide(L.Subtract(x, L.Subtract(u, L.Create(1f))), u);
        // u is 0 or +∞ where x is −1 or +∞: nothing was lost there and 0/0 or ∞−∞ would come. u = 1: the answer is x itself.
        var inside = L.And(L.Greater(u, L.Create(0f)), L.Less(u, L.Create(float.PositiveInfinity)));
        var y = L.Select(inside, L.Add(log, lost), log);
        return L.Select(L.AreEqual(u, L.Create(1f)), x, y);
    }

    /// <summary>a = |x|. Below 0.625: a + a³·p(a²), p of degree 5; from there on 1 − 2 / (e^2a + 1). The sign is put back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Tanh<L, V>(V x) where L : ILanes<V> where V : struct
    {
        var a = Abs<L, V>(x);
        var t = L.Multiply(a, a);
        var p = L.Create(0.00226950168416f);
        p = L.Fma(p, t, L.Create(-0.00832318705828f));
        p = L.Fma(p, t, L.Create(0.0217625029074f));
        p = L.Fma(p, t, L.Create(-0.0539584616275f));
        p = L.Fma(p, t, L.Create(0.133333001462f));
        p = L.Fma(p, t, L.Create(-0.333333331494f));
        var near = L.Fma(L.Multiply(a, t), p, a);

        var growth = L.Add(Exp<L, V>(L.Add(a, a)), L.Create(1f));
        var far = L.Subtract(L.Create(1f), L.Divide(L.Create(2f), growth));
        var y = L.Select(L.Less(a, L.Create(0.625f)), near, far);
        y = L.Or(y, L.And(x, L.IntCreate(int.MinValue)));
        return L.Select(L.AreEqual(x, x), y, L.Create(float.NaN));
    }

    /// <summary>z = e^−|x|; 1 / (1 + z) for x ≥ 0, z / (1 + z) below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Sigmoid<L, V>(V x) where L : ILanes<V> where V : struct
    {
        var z = Exp<L, V>(L.Or(x, L.IntCreate(int.MinValue)));
        var numerator = L.Select(L.Less(x, L.Create(0f)), z, L.Create(1f));
        var y = L.Divide(numerator, L.Add(L.Create(1f), z));
        return L.Select(L.AreEqual(x, x), y, L.Create(float.NaN));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Abs<L, V>(V x) where L : ILanes<V> where V : struct => L.And(x, L.IntCreate(int.MaxValue));

    /// <summary>2^n as a float, for n (an integer's bits) in −126..127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V PowerOfTwo<L, V>(V n) where L : ILanes<V> where V : struct =>
        L.IntShiftLeft(L.IntAdd(n, L.IntCreate(127)), 23);
}
