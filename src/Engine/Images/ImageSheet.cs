namespace Distributed.Engine.Images;

/// <summary>Many pictures of one size in rows and columns on one sheet, for looking at data and filters.</summary>
public static class ImageSheet
{
    /// <param name="tiles">At least one; all of one width, height and number of channels. Laid out row by row.</param>
    /// <param name="columns">Tiles of a row, at least 1.</param>
    /// <param name="zoom">Each pixel becomes a square of this side, at least 1.</param>
    /// <param name="gap">Pixels of <paramref name="paper"/> between tiles and around them.</param>
    /// <exception cref="ArgumentException">There is no tile, or they differ in size, or the sheet would be too large.</exception>
    public static Image Of(IReadOnlyList<Image> tiles, int columns, int zoom = 1, int gap = 1, byte paper = 128)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(zoom, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        if (tiles.Count == 0) throw new ArgumentException("a sheet has at least one tile, got none", nameof(tiles));
        var (width, height, channels) = (tiles[0].Width, tiles[0].Height, tiles[0].Channels);
        columns = Math.Min(columns, tiles.Count);
        var rows = (tiles.Count + columns - 1) / columns;
        var (stepX, stepY) = ((long)width * zoom + gap, (long)height * zoom + gap);
        var sheet = new Image(Side(columns * stepX + gap), Side(rows * stepY + gap), channels);
        sheet.Pixels.Fill(paper);
        for (var i = 0; i < tiles.Count; i++)
        {
            var tile = tiles[i];
            if ((tile.Width, tile.Height, tile.Channels) != (width, height, channels))
                throw new ArgumentException($"tile {i} is {tile.Width} x {tile.Height} with {tile.Channels} channels, " +
                    $"tile 0 is {width} x {height} with {channels}; they must be alike", nameof(tiles));
            var (top, left) = (gap + i / columns * (int)stepY, gap + i % columns * (int)stepX);
            for (var y = 0; y < height * zoom; y++)
                for (var x = 0; x < width * zoom; x++)
                    tile.Pixels.Slice((y / zoom * width + x / zoom) * channels, channels)
                        .CopyTo(sheet.Pixels.Slice(((top + y) * sheet.Width + left + x) * channels, channels));
        }
        return sheet;
    }

    private static int Side(long side) => (int)Math.Min(side, int.MaxValue);
}
