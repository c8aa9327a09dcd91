using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public class GaussianBlobsTests
{
    [Fact]
    public void Each_class_is_normal_around_its_centre()
    {
        var set = GaussianBlobs.Generate(3, 4000, 2, 0.2f, 1);
        Assert.Equal((12000, 3, new Shape(2)), (set.Count, set.Classes, set.SampleShape));
        var centres = Points.All(GaussianBlobs.Generate(3, 1, 2, 0, 1));
        var all = Points.All(set);
        for (var k = 0; k < 3; k++)
            for (var j = 0; j < 2; j++)
            {
                var values = Enumerable.Range(4000 * k, 4000).Select(i => all[2 * i + j] - centres[2 * k + j]).ToList();
                Assert.Equal(0, values.Average(), 0.015);
                Assert.InRange(Math.Sqrt(values.Average(x => x * x)), 0.193, 0.207);
                Assert.InRange(centres[2 * k + j], -1, 1);
            }
        Assert.Equal(Enumerable.Range(0, 12000).Select(i => i / 4000), set.Labels.ToArray());
    }

    [Fact]
    public void A_test_part_has_the_same_centres_and_other_points()
    {
        Assert.Equal(Points.All(GaussianBlobs.Generate(5, 7, 3, 0, 1)), Points.All(GaussianBlobs.Generate(5, 7, 3, 0, 1, pointSeed: 9, part: 1)));
        Assert.NotEqual(Points.All(GaussianBlobs.Generate(5, 7, 3, 0, 1)), Points.All(GaussianBlobs.Generate(5, 7, 3, 0, 2)));
        byte[][] all =
        [
            GaussianBlobs.Generate(5, 7, 3, 0.1f, 1).Fingerprint,
            GaussianBlobs.Generate(5, 7, 3, 0.1f, 1, part: 1).Fingerprint,
            GaussianBlobs.Generate(5, 7, 3, 0.1f, 1, pointSeed: 2).Fingerprint,
        ];
        Assert.Equal(3, all.Select(Convert.ToHexString).Distinct().Count());
    }

    [Theory]
    [InlineData(0, 1, 1, 0f)]
    [InlineData(1, 0, 1, 0f)]
    [InlineData(1, 1, 0, 0f)]
    [InlineData(1, 1, 1, -1f)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, 0f)]
    public void Settings_out_of_range_are_refused(int classes, int points, int dimensions, float deviation) =>
        Assert.Throws<DataException>(() => GaussianBlobs.Generate(classes, points, dimensions, deviation, 1));
}
