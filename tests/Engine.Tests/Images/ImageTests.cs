using Distributed.Engine.Data;
using Distributed.Engine.Images;

namespace Distributed.Engine.Tests.Images;

public sealed class ImageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Elements_lie_row_by_row_with_channels_side_by_side()
    {
        var image = new Image(3, 2, 3);
        image[1, 2, 0] = 7;
        Assert.Equal(7, image.Pixels[(1 * 3 + 2) * 3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => image[2, 0, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => image[0, 0, 3]);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, Image.MaxSide + 1, 1)]
    [InlineData(1, 1, 5)]
    [InlineData(Image.MaxSide, Image.MaxSide, 1)]
    public void Sizes_out_of_range_are_refused(int width, int height, int channels) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(width, height, channels));

    [Fact]
    public void Bytes_that_do_not_fit_are_refused() => Assert.Contains("has 12 bytes, got 11",
        Assert.Throws<ArgumentException>(() => new Image(2, 2, 3, new byte[11])).Message);

    [Fact]
    public void Alpha_is_laid_on_white()
    {
        var image = new Image(3, 1, 2, [100, 255, 100, 0, 100, 51]);
        Assert.Equal([100, 255, 224], image.OnWhite().Pixels.ToArray());
        var colour = new Image(1, 1, 4, [255, 0, 100, 51]);
        Assert.Equal([255, 204, 224], colour.OnWhite().Pixels.ToArray());
        var opaque = new Image(1, 1, 3);
        Assert.Same(opaque, opaque.OnWhite());
    }

    [Fact]
    public void Gray_weighs_red_green_and_blue()
    {
        var image = new Image(5, 1, 3, [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 10, 20, 30]);
        Assert.Equal([76, 150, 29, 255, 18], image.ToGray().Pixels.ToArray());
        Assert.Equal([9, 9, 9, 8, 8, 8], new Image(2, 1, 1, [9, 8]).ToRgb().Pixels.ToArray());
    }

    [Fact]
    public void A_file_is_written_whole_and_read_back()
    {
        var image = PngTests.Noise(5, 4, 3);
        ImageFile.Write(_folder.File("a.png"), image);
        Assert.Equal(image.Pixels.ToArray(), ImageFile.Read(_folder.File("a.png")).Pixels.ToArray());
        Assert.Equal(["a.png"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Files_that_cannot_be_used_are_named()
    {
        var missing = _folder.File("none.png");
        Assert.Equal($"there is no picture {missing}", Assert.Throws<DataException>(() => ImageFile.Read(missing)).Message);
        Assert.StartsWith(_folder.Path, Assert.Throws<DataException>(() => ImageFile.Read(_folder.Path)).Message);
        var text = _folder.Write("a.png", "hello");
        Assert.StartsWith($"{text}: a PNG file begins with", Assert.Throws<DataException>(() => ImageFile.Read(text)).Message);
        var nowhere = Path.Combine(_folder.Path, "no folder", "a.png");
        Assert.StartsWith(nowhere, Assert.Throws<DataException>(() => ImageFile.Write(nowhere, new Image(1, 1, 1))).Message);
    }
}
