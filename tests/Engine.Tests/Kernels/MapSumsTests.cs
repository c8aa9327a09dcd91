using Distributed.Engine.Kernels;

namespace Distributed.Engine.Tests.Kernels;

public class MapSumsTests
{
    [Fact]
    public void Each_map_is_the_tree_of_its_shards_chains()
    {
        for (var count = 1; count <= 19; count++)
        {
            var positions = 1 + (count % 5);
            var maps = Bits.Mixed(7 * count * positions, count, extremes: false);
            var (wanted, got) = (new float[count], new float[count]);
            for (var map = 0; map < count; map++)
                wanted[map] = Chain(map, 0, 2) + Chain(map, 2, 2) + (Chain(map, 2, 3) + Chain(map, 3, 7));
            MapSums.Run<float>(maps, count, positions, [0, 2, 2, 3, 7], got);
            Bits.AssertEqual(wanted, got, $"{count} maps of {positions}");

            float Chain(int map, int first, int end)
            {
                var sum = 0f;
                for (var b = first; b < end; b++)
                    for (var p = 0; p < positions; p++)
                        sum += maps[(((b * count) + map) * positions) + p];
                return sum;
            }
        }
    }

    [Fact]
    public void Wrong_lengths_are_refused() => Assert.Contains("2 samples of 3 maps of 4 positions, got 23 elements and 3 sums",
        Assert.Throws<ArgumentException>(() => MapSums.Run<float>(new float[23], 3, 4, [0, 2], new float[3])).Message);
}
