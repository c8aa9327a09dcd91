using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>Σx and Σx² of bytes, exact: whole numbers may be added in any order.</summary>
/// <remarks>Sixteen at a time, which every processor has. The lanes are emptied before they could overflow: in a block, one of 16 bits gets
/// at most 128 · 2 · 255 &lt; 2¹⁶, one of 32 bits at most 128 · 4 · 255² &lt; 2³².</remarks>
internal static class ByteSums
{
    private const int VectorsOfBlock = 128;

    public static (long Sum, long Squares) Of(ReadOnlySpan<byte> values)
    {
        var (sum, squares) = (0L, 0L);
        var vectors = MemoryMarshal.Cast<byte, Vector128<byte>>(values);
        var rest = values[(vectors.Length * Vector128<byte>.Count)..];
        for (; !vectors.IsEmpty; vectors = vectors[Math.Min(VectorsOfBlock, vectors.Length)..])
        {
            var (lanes, squareLanes) = (Vector128<ushort>.Zero, Vector128<uint>.Zero);
            foreach (var vector in vectors[..Math.Min(VectorsOfBlock, vectors.Length)])
            {
                var (low, high) = Vector128.Widen(vector);
                lanes += low + high;
                var (first, second) = Vector128.Widen(low * low);
                var (third, fourth) = Vector128.Widen(high * high);
                squareLanes += first + second + third + fourth;
            }
            var (sums, moreSums) = Vector128.Widen(lanes);
            sum += Vector128.Sum(sums + moreSums);
            var (halves, moreHalves) = Vector128.Widen(squareLanes);
            squares += (long)Vector128.Sum(halves + moreHalves);
        }
        foreach (var x in rest) (sum, squares) = (sum + x, squares + (x * x));
        return (sum, squares);
    }
}
