using Distributed.Engine.Data;
using Distributed.Engine.Filtering;
using Distributed.Engine.Filtering.Masks;
using Distributed.Engine.Images;

namespace Distributed.Engine.Tests.Filtering.Masks;

public class MasksTests
{
    [Fact]
    public void Low_passes_keep_plain_gray_and_high_passes_take_it_away()
    {
        foreach (var low in (Mask[])[Box.Create(3), Box.Create(4), Gaussian.Create(1), Gaussian.Create(2.5, 7)])
        {
            Assert.Equal(1, low.Planes[0].Values.Sum(), 1e-12);
            Assert.False(low.IsSigned);
        }
        foreach (var other in (Mask[])[HighPass.Create(1), HighPass.Create(2, 5), Sobel.X, Sobel.Y, Laplacian.Mask,
            Gabor.Create(false, 0.1, 30), Gabor.Create(true, 0.1, 30)])
        {
            Assert.Equal(0, other.Planes[0].Values.Sum(), 1e-12);
            Assert.True(other.IsSigned);
        }
        foreach (var colours in (Mask[])[ColourOpponent.RedGreen(1), ColourOpponent.BlueYellow(2)])
            Assert.Equal(0, colours.Planes.Sum(plane => plane.Values.Sum()), 1e-12);
    }

    [Fact]
    public void A_gaussian_falls_off_as_its_formula_says()
    {
        var mask = Gaussian.Create(1.5).Planes[0];
        Assert.Equal((11, 11), (mask.Width, mask.Height));
        for (var y = 0; y < 11; y++)
            for (var x = 0; x < 11; x++)
                Assert.Equal(Math.Exp(-((x - 5) * (x - 5) + (y - 5) * (y - 5)) / 4.5), mask[y, x] / mask[5, 5], 1e-12);
    }

    [Fact]
    public void High_pass_and_low_pass_add_up_to_the_picture()
    {
        var picture = ImagePlanes.Of(Images.PngTests.Noise(12, 9, 1))[0];
        var low = Convolution.Apply(picture, Gaussian.Create(1.2).Planes[0], Border.Reflect, OutputSize.Same);
        var high = Convolution.Apply(picture, HighPass.Create(1.2).Planes[0], Border.Reflect, OutputSize.Same);
        for (var i = 0; i < picture.Values.Length; i++) Assert.Equal(picture.Values[i], low.Values[i] + high.Values[i], 1e-10);
    }

    [Fact]
    public void Sobel_gives_eight_times_the_slope_and_laplacian_the_curvature()
    {
        var ramp = Make(7, 7, (y, x) => 5 * x - 3 * y);
        Assert.All(Convolution.Apply(ramp, Sobel.X.Planes[0], Border.Zero, OutputSize.Valid).Values, v => Assert.Equal(8 * 5, v));
        Assert.All(Convolution.Apply(ramp, Sobel.Y.Planes[0], Border.Zero, OutputSize.Valid).Values, v => Assert.Equal(8 * -3, v));
        var bowl = Make(7, 7, (y, x) => x * x + 3 * y * y + x);
        Assert.All(Convolution.Apply(bowl, Laplacian.Mask.Planes[0], Border.Zero, OutputSize.Valid).Values, v => Assert.Equal(2 + 6, v));
    }

    [Theory]
    [InlineData(0.125, 0)]
    [InlineData(0.125, 30)]
    [InlineData(0.2, -60)]
    [InlineData(0.2, 90)]
    public void A_gabor_pair_sees_a_gratings_strength_whatever_its_phase(double frequency, double angle)
    {
        var (even, odd) = (Gabor.Create(false, frequency, angle).Planes[0], Gabor.Create(true, frequency, angle).Planes[0]);
        var (cos, sin) = (Math.Cos(angle * Math.PI / 180), Math.Sin(angle * Math.PI / 180));
        for (var phase = 0.0; phase < 6; phase += 0.7)
        {
            Assert.Equal(100, Energy(cos, sin, phase), 4.0);
            Assert.InRange(Energy(-sin, cos, phase), 0, 12); // across its direction
        }

        // The middle of a grating of amplitude 100 that runs along (dx, −dy).
        double Energy(double dx, double dy, double phase)
        {
            var middle = (even.Width - 1) / 2;
            var grating = Make(even.Width, even.Width, (y, x) =>
                127 + 100 * Math.Cos(2 * Math.PI * frequency * ((x - middle) * dx - (y - middle) * dy) + phase));
            var e = Convolution.Apply(grating, even, Border.Zero, OutputSize.Valid).Values.Single();
            var o = Convolution.Apply(grating, odd, Border.Zero, OutputSize.Valid).Values.Single();
            return Math.Sqrt(e * e + o * o);
        }
    }

    [Fact]
    public void Gabor_masks_are_even_and_odd()
    {
        var (even, odd) = (Gabor.Create(false, 0.15, 20).Planes[0].Values, Gabor.Create(true, 0.15, 20).Planes[0].Values);
        for (var i = 0; i < even.Length; i++)
        {
            Assert.Equal(even[i], even[^(i + 1)], 1e-12);
            Assert.Equal(odd[i], -odd[^(i + 1)], 1e-12);
        }
    }

    [Fact]
    public void Opponent_masks_tell_colours_apart()
    {
        Assert.True(Middle(ColourOpponent.RedGreen(1), 255, 0, 0) > 200);
        Assert.True(Middle(ColourOpponent.RedGreen(1), 0, 255, 0) < -200);
        Assert.Equal(0, Middle(ColourOpponent.RedGreen(1), 0, 0, 255), 1e-9);
        Assert.True(Middle(ColourOpponent.BlueYellow(1), 0, 0, 255) > 200);
        Assert.True(Middle(ColourOpponent.BlueYellow(1), 255, 255, 0) < -200);
        Assert.Equal(0, Middle(ColourOpponent.BlueYellow(1), 90, 90, 90), 1e-9);

        static double Middle(Mask mask, byte red, byte green, byte blue)
        {
            var image = new Image(15, 15, 3);
            for (var i = 0; i < 225; i++) (image.Pixels[3 * i], image.Pixels[3 * i + 1], image.Pixels[3 * i + 2]) = (red, green, blue);
            return mask.Apply(image, Border.Edge, OutputSize.Same)[0][7, 7];
        }
    }

    [Fact]
    public void Custom_masks_are_read_row_by_row()
    {
        var mask = Custom.Parse("0 1.5 0; 1,-4,1; 0 1e-1 0").Planes[0];
        Assert.Equal((3, 3), (mask.Width, mask.Height));
        Assert.Equal([0, 1.5, 0, 1, -4, 1, 0, 0.1, 0], mask.Values);
        Refused("", "got 0 x 1");
        Refused("1 2; 3", "the first has 2 numbers, another has 1");
        Refused("1 x", "got \"x\"");
        Refused("NaN", "got \"NaN\"");
        Refused(string.Join(' ', Enumerable.Repeat("1", 256)), "got 256 x 1");

        static void Refused(string text, string sentence) =>
            Assert.Contains(sentence, Assert.Throws<DataException>(() => Custom.Parse(text)).Message);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Refused("the size of a mask is 1 to 255 pixels, got 0", () => Box.Create(0));
        Refused("got 256", () => Gaussian.Create(1, 256));
        Refused("sigma is 0.1 to 42.5 pixels, got 0", () => Gaussian.Create(0));
        Refused("got NaN", () => Gaussian.Create(double.NaN));
        Refused("the size of high-pass is an odd number, got 4", () => HighPass.Create(1, 4));
        Refused("above 0 and at most 0.5 waves a pixel, got 0", () => Gabor.Create(false, 0, 0));
        Refused("-360 to 360 degrees", () => Gabor.Create(true, 0.1, double.NaN));
        Refused("waves of 1000 pixels are too long", () => Gabor.Create(true, 0.001, 0));
        Refused("the size of red-green is an odd number", () => ColourOpponent.RedGreen(1, 4));

        static void Refused(string sentence, Func<Mask> create) =>
            Assert.Contains(sentence, Assert.Throws<DataException>(() => create()).Message);
    }

    private static Plane Make(int width, int height, Func<int, int, double> f) =>
        new(width, height, [.. Enumerable.Range(0, width * height).Select(i => f(i / width, i % width))]);
}
