using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Tests.Runs;

public sealed class MagnitudeHistogramTests
{
    [Fact]
    public void Every_number_is_counted_between_the_limits_of_its_bucket()
    {
        var random = new Random(5);
        float[] special = [0, -0f, 1, -1, 0.5f, -0.5f, 2, float.Epsilon, -float.Epsilon, 1e30f, -1e30f];
        foreach (var number in special.Concat(Enumerable.Range(0, 2000).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-9, 5))))))
        {
            var counts = new long[MagnitudeHistogram.Buckets];
            MagnitudeHistogram.Add([number], counts);
            var bucket = Array.IndexOf(counts, 1);
            Assert.Equal(1, counts.Sum());
            var limits = MagnitudeHistogram.Limits;
            // A power of two stands on a limit: it belongs to the bucket farther from zero.
            Assert.True(number <= limits[bucket] && (bucket == 0 || number >= limits[bucket - 1]), $"{number} in bucket {bucket}, up to {limits[bucket]}");
            Assert.Equal(number == 0, bucket == MagnitudeHistogram.Buckets / 2);
        }
        Assert.Equal(MagnitudeHistogram.Limits, MagnitudeHistogram.Limits.Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Many_at_once_are_counted_as_one_by_one(int count)
    {
        var random = new Random(6);
        var numbers = new float[count];
        for (var i = 0; i < count; i++) numbers[i] = (i % 5) switch { 0 => 0, 1 => -0f, 2 => -float.Epsilon, _ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-9, 5))) };
        var (together, single) = (new long[MagnitudeHistogram.Buckets], new long[MagnitudeHistogram.Buckets]);
        MagnitudeHistogram.Add(numbers, together);
        foreach (var number in numbers) MagnitudeHistogram.Add([number], single);
        Assert.Equal(single, together);
        Assert.Equal(count, together.Sum());
    }
}
