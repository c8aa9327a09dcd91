using System.Numerics;

namespace Distributed.Engine.Kernels;

/// <summary>Softmax over the classes of each row, and the logarithm of its denominator.</summary>
/// <remarks><code>
/// m_b = max_c z_bc · s_b = Σ_c e^(z_bc − m_b) · p_bc = e^(z_bc − m_b) / s_b · lse_b = m_b + log s_b
/// </code>
/// The sum begins at +0 and adds the classes in index order. The largest of a row is subtracted first, so nothing overflows. A NaN
/// among the logits makes its row NaN.
/// </remarks>
public static class Softmax
{
    /// <param name="classes">At least 1; the other lengths follow from it.</param>
    /// <param name="logits">[rows, classes].</param>
    /// <param name="probabilities">[rows, classes], written; may be the same memory as <paramref name="logits"/>.</param>
    /// <param name="logSumExp">[rows], written; or empty when it is not wanted.</param>
    public static void Rows<T>(int classes, ReadOnlySpan<T> logits, Span<T> probabilities, Span<T> logSumExp)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (classes < 1 || logits.Length % classes != 0)
            throw new ArgumentException($"Softmax: {logits.Length} logits are no rows of {classes} classes");
        var rows = logits.Length / classes;
        if (probabilities.Length != logits.Length || (logSumExp.Length != rows && !logSumExp.IsEmpty))
        {
            throw new ArgumentException($"Softmax: {rows} rows of {classes} classes, got {probabilities.Length} probabilities " +
                $"and {logSumExp.Length} logarithms");
        }
        for (var row = 0; row < rows; row++)
        {
            var z = logits.Slice(row * classes, classes);
            var max = Max(z);
            Elementwise.AddScalar(z, -max, probabilities.Slice(row * classes, classes));
            if (!logSumExp.IsEmpty) logSumExp[row] = max;
        }
        Elementwise.Exp<T>(probabilities, probabilities);
        for (var row = 0; row < rows; row++)
        {
            var p = probabilities.Slice(row * classes, classes);
            var sum = T.Zero;
            foreach (var e in p) sum += e;
            for (var c = 0; c < classes; c++) p[c] /= sum;
            if (!logSumExp.IsEmpty) logSumExp[row] += Scalar.Log(sum);
        }
    }

    /// <summary>The largest element, taken in index order; NaN elements are passed over (the first counts as it is).</summary>
    public static T Max<T>(ReadOnlySpan<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var max = x[0];
        foreach (var value in x[1..]) max = value > max ? value : max;
        return max;
    }
}
