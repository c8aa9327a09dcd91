using Distributed.Engine.Images;

namespace Distributed.Engine.Tests.Images;

public class ImageSheetTests
{
    [Fact]
    public void Tiles_lie_row_by_row_with_gaps()
    {
        var sheet = ImageSheet.Of([One(1), One(2), One(3)], columns: 2, zoom: 2, gap: 1, paper: 9);
        Assert.Equal((7, 7), (sheet.Width, sheet.Height));
        Assert.Equal("""
            9999999
            9119229
            9119229
            9999999
            9339999
            9339999
            9999999
            """.ReplaceLineEndings("\n"), string.Join('\n', Enumerable.Range(0, 7).Select(y =>
                string.Concat(Enumerable.Range(0, 7).Select(x => sheet[y, x, 0])))));

        static Image One(byte value) => new(1, 1, 1, [value]);
    }

    [Fact]
    public void Tiles_must_be_alike_and_fit()
    {
        Assert.Contains("at least one tile", Assert.Throws<ArgumentException>(() => ImageSheet.Of([], 1)).Message);
        Assert.Contains("tile 1 is 2 x 1 with 1 channels, tile 0 is 1 x 1 with 1",
            Assert.Throws<ArgumentException>(() => ImageSheet.Of([new Image(1, 1, 1), new Image(2, 1, 1)], 1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageSheet.Of([new Image(1000, 1000, 1)], 1, zoom: int.MaxValue));
    }
}
