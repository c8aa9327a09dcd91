using Distributed.EndToEnd.Tests.Driving;
using Distributed.Engine.Images;

namespace Distributed.EndToEnd.Tests;

/// <summary>The command <c>filter</c>: what it writes, what it says, and that wrong input leaves nothing behind.</summary>
public sealed class FilterTests
{
    [Fact]
    public async Task An_impulse_gives_the_kernel()
    {
        using var folder = new Folder();
        var image = new Image(5, 5, 1);
        image[2, 2, 0] = 10;
        ImageFile.Write(folder["impulse.png"], image);
        const string kernel = "1 2 3; 4 5 6; 7 8 9";

        using var flipped = await Tool.Coordinator("filter", folder["impulse.png"], "--kernel", kernel).ExitAsync(0);
        using var laid = await Tool.Coordinator("filter", folder["impulse.png"], "--kernel", kernel, "--correlate", "--output-size", "valid",
            "--out", folder["laid.png"]).ExitAsync(0);

        Assert.Equal([0, 10, 20, 30, 0, 0, 40, 50, 60, 0, 0, 70, 80, 90, 0], Pixels(folder["impulse-custom.png"])[5..20]);
        Assert.Equal([90, 80, 70, 60, 50, 40, 30, 20, 10], Pixels(folder["laid.png"]));
        Assert.Equal($"""
            picture  5 x 5, gray
            kernel   custom, 3 x 3, convolution, zero padding, same size
            result   5 x 5, gray, 0 to 90
            written  {folder["impulse-custom.png"]}
            """.ReplaceLineEndings("\n"), flipped.Output);
        Assert.Contains("correlation, zero padding, valid size", laid.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signed_results_lie_around_mid_gray()
    {
        using var folder = new Folder();
        var step = new Image(6, 3, 3);
        for (var y = 0; y < 3; y++)
            for (var x = 3; x < 6; x++) step[y, x, 0] = 200; // red on the right
        ImageFile.Write(folder["step.png"], step);

        using var colour = await Tool.Coordinator("filter", folder["step.png"], "--kernel", "sobel-x", "--padding", "edge").ExitAsync(0);
        using var gray = await Tool.Coordinator("filter", folder["step.png"], "--kernel", "sobel-x", "--padding", "reflect", "--gray",
            "--out", folder["gray.png"]).ExitAsync(0);

        var shown = ImageFile.Read(folder["step-sobel-x.png"]);
        Assert.Equal((6, 3, 3), (shown.Width, shown.Height, shown.Channels));
        Assert.Equal([128, 128, 255, 255, 128, 128], Enumerable.Range(0, 6).Select(x => (int)shown[1, x, 0]));
        Assert.Equal(128, shown[1, 3, 1]);
        Assert.Contains("0 to 800, 0 shown as mid-gray", colour.Output, StringComparison.Ordinal);
        Assert.Equal(1, ImageFile.Read(folder["gray.png"]).Channels);
    }

    [Theory]
    [InlineData("unknown kernel \"sobel\"; did you mean sobel-x or sobel-y?", "--kernel", "sobel")]
    [InlineData("--kernel", "--size", "3")]
    [InlineData("sobel-x has no size; it has no settings", "--kernel", "sobel-x", "--size", "3")]
    [InlineData("box has no sigma; it has size", "--kernel", "box", "--sigma", "3")]
    [InlineData("--size: wanted a whole number from 1 to 255, came \"0\"", "--kernel", "box", "--size", "0")]
    [InlineData("the size of high-pass is an odd number, got 4", "--kernel", "high-pass", "--size", "4")]
    [InlineData("--sigma: wanted a number, came \"wide\"", "--kernel", "gaussian", "--sigma", "wide")]
    [InlineData("sigma is 0.1 to 42.5 pixels, got 1000", "--kernel", "gaussian", "--sigma", "1000")]
    [InlineData("at most 0.5 waves a pixel, got 2", "--kernel", "gabor-odd", "--frequency", "2")]
    [InlineData("--padding: unknown word \"mirror\"", "--kernel", "box", "--padding", "mirror")]
    [InlineData("--output-size: unknown word \"half\"", "--kernel", "box", "--output-size", "half")]
    [InlineData("the mask is 9 pixels high, the picture 4", "--kernel", "box", "--size", "9", "--output-size", "valid")]
    [InlineData("red-green sees red, green and blue against each other; this picture is gray", "--kernel", "red-green")]
    [InlineData("the first has 2 numbers, another has 1", "--kernel", "1 2; 3")]
    [InlineData("numbers have no size", "--kernel", "1 2; 3 4", "--size", "2")]
    [InlineData("is the picture itself", "--kernel", "box", "--out", "IMAGE")]
    public async Task Wrong_options_write_nothing(string message, params string[] options)
    {
        using var folder = new Folder();
        ImageFile.Write(folder["a.png"], new Image(4, 4, 1));
        var before = File.ReadAllBytes(folder["a.png"]);

        using var run = await Tool.Coordinator(["filter", folder["a.png"], .. options.Select(o => o == "IMAGE" ? folder["a.png"] : o)]).ExitAsync(2);

        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
        Assert.Equal([folder["a.png"]], Directory.GetFiles(folder.Path));
        Assert.Equal(before, File.ReadAllBytes(folder["a.png"]));
    }

    [Fact]
    public async Task Files_that_are_no_picture_are_refused()
    {
        using var folder = new Folder();
        File.WriteAllBytes(folder["a.jpg"], [0xff, 0xd8, 0xff, 0xe0]);
        using var jpeg = await Tool.Coordinator("filter", folder["a.jpg"], "--kernel", "box").ExitAsync(2);
        Assert.Contains("a.jpg: this is a JPEG file; only PNG is read", jpeg.Errors, StringComparison.Ordinal);
        using var missing = await Tool.Coordinator("filter", folder["b.png"], "--kernel", "box").ExitAsync(2);
        Assert.Contains("there is no picture ", missing.Errors, StringComparison.Ordinal);
        Assert.Equal([folder["a.jpg"]], Directory.GetFiles(folder.Path));
    }

    private static byte[] Pixels(string path) => ImageFile.Read(path).Pixels.ToArray();
}
