using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>Arithmetic on one or several floats at once, so that a formula is written once for every width.</summary>
/// <remarks>
/// Only operations that IEEE 754 defines to the bit, and operations on the bits themselves: so a formula gives the same bits
/// in each lane at every width and on every platform. Comparisons give all ones or all zeros. Names that begin with
/// <c>Int</c> take the bits as 32-bit integers.
/// </remarks>
internal unsafe interface ILanes<TVector> where TVector : struct
{
    static abstract TVector Create(float value);

    static abstract TVector Add(TVector x, TVector y);

    static abstract TVector Subtract(TVector x, TVector y);

    static abstract TVector Multiply(TVector x, TVector y);

    static abstract TVector Divide(TVector x, TVector y);

    /// <summary>x·y + z, rounded once.</summary>
    static abstract TVector Fma(TVector x, TVector y, TVector z);

    static abstract TVector Sqrt(TVector x);

    static abstract TVector Greater(TVector x, TVector y);

    static abstract TVector Less(TVector x, TVector y);

    static abstract TVector AreEqual(TVector x, TVector y);

    /// <summary>Lane by lane: <paramref name="yes"/> where the mask is all ones, <paramref name="no"/> where it is zero.</summary>
    static abstract TVector Select(TVector mask, TVector yes, TVector no);

    static abstract TVector And(TVector x, TVector y);

    static abstract TVector Or(TVector x, TVector y);

    static abstract TVector IntCreate(int value);

    static abstract TVector IntAdd(TVector x, TVector y);

    static abstract TVector IntSubtract(TVector x, TVector y);

    static abstract TVector IntShiftLeft(TVector x, int count);

    /// <summary>Arithmetic: the sign is kept.</summary>
    static abstract TVector IntShiftRight(TVector x, int count);

    static abstract TVector IntToFloat(TVector x);

    /// <summary>Stores past the caches, for what is not needed soon; on a boundary of the vector's own size.</summary>
    static abstract void Stream(TVector x, float* target);
}

/// <summary>One float.</summary>
internal readonly unsafe struct Lanes1 : ILanes<float>
{
    public static float Create(float value) => value;

    public static float Add(float x, float y) => x + y;

    public static float Subtract(float x, float y) => x - y;

    public static float Multiply(float x, float y) => x * y;

    public static float Divide(float x, float y) => x / y;

    public static float Fma(float x, float y, float z) => MathF.FusedMultiplyAdd(x, y, z);

    public static float Sqrt(float x) => MathF.Sqrt(x);

    public static float Greater(float x, float y) => Mask(x > y);

    public static float Less(float x, float y) => Mask(x < y);

    public static float AreEqual(float x, float y) => Mask(x == y);

    public static float Select(float mask, float yes, float no) => Bits(mask) != 0 ? yes : no;

    public static float And(float x, float y) => Float(Bits(x) & Bits(y));

    public static float Or(float x, float y) => Float(Bits(x) | Bits(y));

    public static float IntCreate(int value) => Float(value);

    public static float IntAdd(float x, float y) => Float(Bits(x) + Bits(y));

    public static float IntSubtract(float x, float y) => Float(Bits(x) - Bits(y));

    public static float IntShiftLeft(float x, int count) => Float(Bits(x) << count);

    public static float IntShiftRight(float x, int count) => Float(Bits(x) >> count);

    public static float IntToFloat(float x) => Bits(x);

    public static void Stream(float x, float* target) => *target = x;

    private static float Mask(bool value) => Float(value ? -1 : 0);

    private static int Bits(float x) => BitConverter.SingleToInt32Bits(x);

    private static float Float(int bits) => BitConverter.Int32BitsToSingle(bits);
}

/// <summary>8 floats.</summary>
internal readonly unsafe struct Lanes256 : ILanes<Vector256<float>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Create(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> x, Vector256<float> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Subtract(Vector256<float> x, Vector256<float> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> x, Vector256<float> y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Divide(Vector256<float> x, Vector256<float> y) => x / y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Fma(Vector256<float> x, Vector256<float> y, Vector256<float> z) =>
        Vector256.FusedMultiplyAdd(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sqrt(Vector256<float> x) => Vector256.Sqrt(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Greater(Vector256<float> x, Vector256<float> y) => Vector256.GreaterThan(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Less(Vector256<float> x, Vector256<float> y) => Vector256.LessThan(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> AreEqual(Vector256<float> x, Vector256<float> y) => Vector256.Equals(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Select(Vector256<float> mask, Vector256<float> yes, Vector256<float> no) =>
        Vector256.ConditionalSelect(mask, yes, no);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> And(Vector256<float> x, Vector256<float> y) => x & y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Or(Vector256<float> x, Vector256<float> y) => x | y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> IntCreate(int value) => Vector256.Create(value).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> IntAdd(Vector256<float> x, Vector256<float> y) => (x.AsInt32() + y.AsInt32()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> IntSubtract(Vector256<float> x, Vector256<float> y) => (x.AsInt32() - y.AsInt32()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> IntShiftLeft(Vector256<float> x, int count) => (x.AsInt32() << count).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> IntShiftRight(Vector256<float> x, int count) => (x.AsInt32() >> count).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> IntToFloat(Vector256<float> x) => Vector256.ConvertToSingle(x.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stream(Vector256<float> x, float* target) => x.StoreAlignedNonTemporal(target);
}

/// <summary>16 floats.</summary>
internal readonly unsafe struct Lanes512 : ILanes<Vector512<float>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Create(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> x, Vector512<float> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> x, Vector512<float> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> x, Vector512<float> y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Divide(Vector512<float> x, Vector512<float> y) => x / y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Fma(Vector512<float> x, Vector512<float> y, Vector512<float> z) =>
        Vector512.FusedMultiplyAdd(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sqrt(Vector512<float> x) => Vector512.Sqrt(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Greater(Vector512<float> x, Vector512<float> y) => Vector512.GreaterThan(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Less(Vector512<float> x, Vector512<float> y) => Vector512.LessThan(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> AreEqual(Vector512<float> x, Vector512<float> y) => Vector512.Equals(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Select(Vector512<float> mask, Vector512<float> yes, Vector512<float> no) =>
        Vector512.ConditionalSelect(mask, yes, no);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> And(Vector512<float> x, Vector512<float> y) => x & y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Or(Vector512<float> x, Vector512<float> y) => x | y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> IntCreate(int value) => Vector512.Create(value).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> IntAdd(Vector512<float> x, Vector512<float> y) => (x.AsInt32() + y.AsInt32()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> IntSubtract(Vector512<float> x, Vector512<float> y) => (x.AsInt32() - y.AsInt32()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> IntShiftLeft(Vector512<float> x, int count) => (x.AsInt32() << count).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> IntShiftRight(Vector512<float> x, int count) => (x.AsInt32() >> count).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> IntToFloat(Vector512<float> x) => Vector512.ConvertToSingle(x.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stream(Vector512<float> x, float* target) => x.StoreAlignedNonTemporal(target);
}
