using Distributed.Engine.Data;
using Distributed.Engine.Filtering;
using Distributed.Engine.Filtering.Masks;
using Distributed.Engine.Images;

namespace Distributed.Engine.Tests.Filtering;

public class MaskTests
{
    [Fact]
    public void A_mask_of_one_plane_filters_each_channel()
    {
        var image = new Image(2, 1, 3, [10, 20, 30, 40, 50, 60]);
        var planes = Custom.Parse("2").Apply(image, Border.Zero, OutputSize.Same);
        Assert.Equal([20, 80, 40, 100, 60, 120], planes.SelectMany(plane => plane.Values));
    }

    [Fact]
    public void A_mask_of_three_planes_adds_the_channels_up()
    {
        var mask = new Mask("m", new Plane(1, 1, [1]), new Plane(1, 1, [-1]), new Plane(1, 1, [0.5]));
        Assert.True(mask.IsOpponent && mask.IsSigned);
        var planes = mask.Apply(new Image(2, 1, 3, [10, 20, 30, 40, 50, 60]), Border.Zero, OutputSize.Same);
        Assert.Equal([10 - 20 + 15, 40 - 50 + 30], Assert.Single(planes).Values);
        Assert.Contains("this picture is gray",
            Assert.Throws<DataException>(() => mask.Apply(new Image(2, 1, 1), Border.Zero, OutputSize.Same)).Message);
    }

    [Fact]
    public void Planes_that_do_not_fit_are_refused()
    {
        var (one, two) = (new Plane(1, 1, [1]), new Plane(2, 1, [1, 1]));
        Assert.Throws<ArgumentException>(() => new Mask("m", one, one));
        Assert.Throws<ArgumentException>(() => new Mask("m", one, two, one));
        Assert.Throws<ArgumentException>(() => new Plane(2, 2, [1]));
    }

    [Fact]
    public void Signed_values_are_shown_around_mid_gray_and_others_as_they_are()
    {
        Assert.Equal([1, 64, 128, 192, 255], ImagePlanes.Show([new Plane(5, 1, [-8, -4, 0, 4, 8])], signed: true).Pixels.ToArray());
        Assert.Equal([128, 128], ImagePlanes.Show([new Plane(2, 1, [0, 0])], signed: true).Pixels.ToArray());
        Assert.Equal([0, 3, 255], ImagePlanes.Show([new Plane(3, 1, [0, 2.6, 255])], signed: false).Pixels.ToArray());
        Assert.Equal([0, 128, 255], ImagePlanes.Show([new Plane(3, 1, [0, 256, 510])], signed: false).Pixels.ToArray());
        // One scale for all channels.
        Assert.Equal([1, 128, 144], ImagePlanes.Show(
            [new Plane(1, 1, [-8]), new Plane(1, 1, [0]), new Plane(1, 1, [1])], signed: true).Pixels.ToArray());
    }
}
