using System.Numerics;

namespace Distributed.Engine.Kernels;

/// <summary>Sums over the samples and pixels of each channel of x [B, C, P], in a wider type as <see cref="WideSums"/> says.</summary>
/// <remarks>Order: the pixels of a sample, then the samples of [first, end) in order from +0. Channels never mix.</remarks>
internal static class ChannelSums
{
    /// <summary>Σ x of each channel.</summary>
    /// <param name="sums">[C], written.</param>
    public static void Sum<T, TSum>(ReadOnlySpan<T> x, int pixels, int first, int end, Span<TSum> sums)
        where T : unmanaged, IFloatingPointIeee754<T> where TSum : unmanaged, IFloatingPointIeee754<TSum>
    {
        sums.Clear();
        for (var b = first; b < end; b++)
        {
            var row = x.Slice(b * sums.Length * pixels, sums.Length * pixels);
            if (pixels == 1)
                for (var c = 0; c < sums.Length; c++) sums[c] += TSum.CreateChecked(row[c]);
            else
                for (var c = 0; c < sums.Length; c++) sums[c] += WideSums.Sum<T, TSum>(row.Slice(c * pixels, pixels));
        }
    }

    /// <summary>Σ (x − center)² of each channel.</summary>
    /// <param name="centers">[C].</param>
    /// <param name="sums">[C], written.</param>
    public static void SumOfSquares<T, TSum>(ReadOnlySpan<T> x, int pixels, int first, int end, ReadOnlySpan<TSum> centers, Span<TSum> sums)
        where T : unmanaged, IFloatingPointIeee754<T> where TSum : unmanaged, IFloatingPointIeee754<TSum>
    {
        sums.Clear();
        for (var b = first; b < end; b++)
        {
            var row = x.Slice(b * sums.Length * pixels, sums.Length * pixels);
            for (var c = 0; c < sums.Length; c++)
            {
                if (pixels > 1)
                {
                    sums[c] += WideSums.SumOfSquares(row.Slice(c * pixels, pixels), centers[c]);
                    continue;
                }
                var difference = TSum.CreateChecked(row[c]) - centers[c];
                sums[c] += difference * difference;
            }
        }
    }

    /// <summary>Σ x·y of each channel.</summary>
    /// <param name="sums">[C], written.</param>
    public static void Dot<T, TSum>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, int pixels, int first, int end, Span<TSum> sums)
        where T : unmanaged, IFloatingPointIeee754<T> where TSum : unmanaged, IFloatingPointIeee754<TSum>
    {
        sums.Clear();
        for (var b = first; b < end; b++)
        {
            var left = x.Slice(b * sums.Length * pixels, sums.Length * pixels);
            var right = y.Slice(b * sums.Length * pixels, sums.Length * pixels);
            if (pixels == 1)
                for (var c = 0; c < sums.Length; c++) sums[c] += TSum.CreateChecked(left[c]) * TSum.CreateChecked(right[c]);
            else
                for (var c = 0; c < sums.Length; c++)
                    sums[c] += WideSums.Dot<T, TSum>(left.Slice(c * pixels, pixels), right.Slice(c * pixels, pixels));
        }
    }
}
