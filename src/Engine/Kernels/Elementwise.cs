using System.Numerics;

namespace Distributed.Engine.Kernels;

/// <summary>Kernels that treat every element alone: r[i] = f(x[i], …). The same bits at every length and vector width.</summary>
/// <remarks>
/// All spans have the same length. The result may be the same memory as an argument but may not overlap one otherwise. Where a
/// result is NaN, which NaN it is is not defined.
/// </remarks>
public static class Elementwise
{
    /// <summary>−x.</summary>
    public static void Negate<T>(ReadOnlySpan<T> x, Span<T> result) where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<NegateOperator, T>(x, default, result);

    /// <summary>√x.</summary>
    public static void Sqrt<T>(ReadOnlySpan<T> x, Span<T> result) where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<SqrtOperator, T>(x, default, result);

    /// <summary>x·x.</summary>
    public static void Square<T>(ReadOnlySpan<T> x, Span<T> result) where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<SquareOperator, T>(x, default, result);

    /// <summary>e^x, see <see cref="FloatMath.Exp(float)"/>.</summary>
    public static void Exp<T>(ReadOnlySpan<T> x, Span<T> result) where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<ExpOperator, T>(x, default, result);

    /// <summary>log x, see <see cref="FloatMath.Log(float)"/>.</summary>
    public static void Log<T>(ReadOnlySpan<T> x, Span<T> result) where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<LogOperator, T>(x, default, result);

    /// <summary>log(1 + x), see <see cref="FloatMath.Log1p(float)"/>.</summary>
    public static void Log1p<T>(ReadOnlySpan<T> x, Span<T> result) where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<Log1pOperator, T>(x, default, result);

    /// <summary>tanh x, see <see cref="FloatMath.Tanh(float)"/>.</summary>
    public static void Tanh<T>(ReadOnlySpan<T> x, Span<T> result) where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<TanhOperator, T>(x, default, result);

    /// <summary>1 / (1 + e^−x), see <see cref="FloatMath.Sigmoid(float)"/>.</summary>
    public static void Sigmoid<T>(ReadOnlySpan<T> x, Span<T> result) where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<SigmoidOperator, T>(x, default, result);

    /// <summary>x where x > 0, else +0 (a NaN stays NaN).</summary>
    public static void Relu<T>(ReadOnlySpan<T> x, Span<T> result) where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<ReluOperator, T>(x, default, result);

    /// <summary>x + c.</summary>
    public static void AddScalar<T>(ReadOnlySpan<T> x, T c, Span<T> result) where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<AddScalarOperator, T>(x, c, result);

    /// <summary>x·c.</summary>
    public static void Scale<T>(ReadOnlySpan<T> x, T c, Span<T> result) where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<ScaleOperator, T>(x, c, result);

    /// <summary>x where x > 0, else alpha·x.</summary>
    public static void LeakyRelu<T>(ReadOnlySpan<T> x, T alpha, Span<T> result) where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<LeakyReluOperator, T>(x, alpha, result);

    /// <summary>x where x > 0, else alpha·(e^x − 1).</summary>
    public static void Elu<T>(ReadOnlySpan<T> x, T alpha, Span<T> result) where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<EluOperator, T>(x, alpha, result);

    /// <summary>x + y.</summary>
    public static void Add<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<AddOperator, T>(x, y, default, result);

    /// <summary>x − y.</summary>
    public static void Subtract<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<SubtractOperator, T>(x, y, default, result);

    /// <summary>x·y.</summary>
    public static void Multiply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<MultiplyOperator, T>(x, y, default, result);

    /// <summary>x / y.</summary>
    public static void Divide<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<DivideOperator, T>(x, y, default, result);

    /// <summary>x + c·y, rounded once (fma).</summary>
    public static void AddScaled<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, T c, Span<T> result)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<AddScaledOperator, T>(x, y, c, result);

    /// <summary>dy where the stored output y > 0, else +0.</summary>
    public static void ReluBackward<T>(ReadOnlySpan<T> dy, ReadOnlySpan<T> y, Span<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<ReluBackwardOperator, T>(dy, y, default, dx);

    /// <summary>dy where the input x > 0, else alpha·dy.</summary>
    public static void LeakyReluBackward<T>(ReadOnlySpan<T> dy, ReadOnlySpan<T> x, T alpha, Span<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<LeakyReluBackwardOperator, T>(dy, x, alpha, dx);

    /// <summary>dy where the input x > 0, else dy·(alpha·e^x).</summary>
    public static void EluBackward<T>(ReadOnlySpan<T> dy, ReadOnlySpan<T> x, T alpha, Span<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<EluBackwardOperator, T>(dy, x, alpha, dx);

    /// <summary>dy·(1 − y²) of the stored output y; 1 − y² is rounded once (fma).</summary>
    public static void TanhBackward<T>(ReadOnlySpan<T> dy, ReadOnlySpan<T> y, Span<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<TanhBackwardOperator, T>(dy, y, default, dx);

    /// <summary>dy·(y·(1 − y)) of the stored output y.</summary>
    public static void SigmoidBackward<T>(ReadOnlySpan<T> dy, ReadOnlySpan<T> y, Span<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<SigmoidBackwardOperator, T>(dy, y, default, dx);

    /// <summary>x·y + z, rounded once (fma).</summary>
    public static void MultiplyAdd<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> z, Span<T> result)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<MultiplyAddOperator, T>(x, y, z, result);

    /// <summary>destination + source, written to the destination.</summary>
    public static void AddInto<T>(ReadOnlySpan<T> source, Span<T> destination) where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<AddOperator, T>(destination, source, default, destination);

    /// <summary>A node of the reduction tree: left + right. The destination may be either of them.</summary>
    public static void TreeAdd<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> destination)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ElementwiseLoops.Apply<AddOperator, T>(left, right, default, destination);
}
