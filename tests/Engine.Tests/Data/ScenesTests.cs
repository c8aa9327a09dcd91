using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Data;

public class ScenesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Maps_say_where_the_shapes_are(int channels)
    {
        var set = Scenes.Generate(200, 24, channels, 0, 1);
        Assert.Equal((200, new Shape(channels, 24, 24), new ClassMapTarget(4, 24, 24)), (set.Count, set.SampleShape, set.Target));
        var (pixels, maps) = (Points.All(set), Maps(set));
        for (var i = 0; i < 200; i++)
            for (var c = 0; c < channels; c++)
            {
                var plane = pixels.AsSpan((i * channels + c) * 576, 576);
                // The ground has one value, and every shape is far from it.
                var ground = plane[maps.AsSpan(i * 576, 576).IndexOf(0)];
                for (var p = 0; p < 576; p++)
                    Assert.True(maps[i * 576 + p] == 0 ? plane[p] == ground : Math.Abs(plane[p] - ground) > 0.14f * 255);
            }
        for (var k = 0; k < 4; k++) Assert.InRange(maps.Count(m => m == k) / (double)maps.Length, 0.03, 0.85);
    }

    [Fact]
    public void A_smaller_set_is_the_beginning_of_a_larger_one_and_parts_differ()
    {
        var (few, many) = (Scenes.Generate(5, 16, 3, 0.1f, 1), Scenes.Generate(9, 16, 3, 0.1f, 1));
        Assert.Equal(Points.All(few), Points.All(many)[..(5 * 768)]);
        Assert.Equal(Maps(few), Maps(many)[..(5 * 256)]);
        Assert.NotEqual(Points.All(few), Points.All(Scenes.Generate(5, 16, 3, 0.1f, 1, part: 1)));
        Assert.NotEqual(Points.All(few), Points.All(Scenes.Generate(5, 16, 3, 0.1f, 2)));
    }

    [Theory]
    [InlineData(0, 24, 1, 0f)]
    [InlineData(int.MaxValue, 24, 1, 0f)]
    [InlineData(1, 7, 1, 0f)]
    [InlineData(1, 129, 1, 0f)]
    [InlineData(1, 24, 2, 0f)]
    [InlineData(1, 24, 1, float.NaN)]
    public void Settings_out_of_range_are_refused(int count, int side, int channels, float noise) =>
        Assert.Throws<DataException>(() => Scenes.Generate(count, side, channels, noise, 1));

    private static float[] Maps(DataSet set)
    {
        var maps = new float[set.Count * set.Target.Shape.SampleElements];
        set.CopyTargets([.. Enumerable.Range(0, set.Count)], maps);
        return maps;
    }
}
