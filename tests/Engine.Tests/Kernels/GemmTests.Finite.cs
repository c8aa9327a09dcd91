using System.Runtime.Intrinsics;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Tests.Kernels;

/// <summary>What is told of sums over shards: whether they are finite.</summary>
public partial class GemmTests
{
    /// <summary>Stored past the caches and in them: whole tiles, the last columns, the last rows, one block of columns and several; an element that is not finite, one in the last row, and
    /// ones that are finite and add up to more than a float holds.</summary>
    [Theory]
    [InlineData(2048, 784, 40, 8, 3, 5)]
    [InlineData(2048, 784, 40, 8, 2047, 783)]
    [InlineData(2048, 784, 40, 8, 100, 783)]
    [InlineData(1030, 1040, 16, 4, 1029, 0)]
    [InlineData(1024, 1024, 512, 4, 7, 1023)]
    [InlineData(60, 64, 12, 2, 5, 3)]
    [InlineData(512, 768, 64, 4, 511, 767)]
    [InlineData(55, 77, 12, 2, 53, 76)]
    [InlineData(55, 77, 12, 2, 5, 3)]
    public void Of_sums_over_shards_it_is_told_whether_they_are_finite(int m, int n, int k, int shards, int wrongRow, int wrongColumn)
    {
        int[] offsets = [.. Enumerable.Range(0, shards + 1).Select(s => s * k / shards)];
        var (a, b) = (Bits.Mixed(k * m, 1, extremes: false), Bits.Mixed(k * n, 2, extremes: false));
        var c = AlignedMemory.Allocate(m * n);
        Assert.True(Told().All(told => told.IsFinite == Vector512.IsHardwareAccelerated));

        foreach (var wrong in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3e38f })
        {
            var (wasA, wasB) = (a[wrongRow], b[wrongColumn]);
            (a[wrongRow], b[wrongColumn]) = (wrong, 2f);
            var told = Told();
            Assert.Single(told, one => one.From <= wrongRow && wrongRow < one.To && !one.IsFinite);
            foreach (var one in told.Where(one => one.IsFinite)) Assert.True(one.From > wrongRow && Finite.All(c.Span[(one.From * n)..(one.To * n)]));
            (a[wrongRow], b[wrongColumn]) = (wasA, wasB);
        }

        for (var i = 0; i < m; i++) a[i] = 3e38f;
        for (var j = 0; j < n; j++) b[j] = 0.9f;
        foreach (var one in Told().Where(one => one.IsFinite)) Assert.True(Finite.All(c.Span[(one.From * n)..(one.To * n)]));

        List<(int From, int To, bool IsFinite)> Told()
        {
            var told = new List<(int From, int To, bool IsFinite)>();
            Gemm.MultiplyTree<float>(true, false, m, n, k, a, b, c.Span, offsets,
                rowsDone: (row, isFinite) => told.Add((row, told.Count == 0 ? m : told[^1].From, isFinite)));
            Assert.Equal(0, told[^1].From);
            return told;
        }
    }
}
