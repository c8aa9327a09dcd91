using Distributed.Engine.Graphs;
using Distributed.Engine.Images;

namespace Distributed.Engine.Inspection;

/// <summary>Numbers as pictures.</summary>
/// <remarks><code>
/// signed     0 is mid-gray (128); the largest |v| of a tile is black or white
/// unsigned   the smallest v of a tile is black, the largest white; all equal: mid-gray
/// </code></remarks>
public static class TensorPictures
{
    private const byte Middle = 128;
    private const int MaxTiles = 1024, SheetSide = 1024, MaxZoom = 16;

    /// <summary>The sheet of a layer's weights, a tile for each of its outputs; null: the weights are no pictures.</summary>
    /// <remarks>Masks [maps, channels, Ky, Kx] are pictures as they are (three channels in colour, other counts map by map); the weights
    /// [outputs, inputs] of a linear layer are pictures where its input is an image flattened.</remarks>
    /// <param name="layer">A layer that has a parameter "….weight" of its own.</param>
    /// <param name="image">The sample's shape, [channels, height, width].</param>
    /// <param name="most">Tiles at most: the first ones.</param>
    public static Image? Filters(LayerSpan layer, ReadOnlySpan<float> weights, Shape image, int most = MaxTiles)
    {
        var slice = layer.Input.Graph.Parameters.Slices.FirstOrDefault(slice => slice.Name == $"{layer.Name}.weight");
        if (slice is null) return null;
        var own = weights.Slice(slice.Offset, slice.Count);
        if (slice.Shape.Rank == 4) return Sheet(own, slice.Shape[1], slice.Shape[2], slice.Shape[3], isSigned: true, most);
        if (slice.Shape.Rank == 2 && image.Rank == 3 && slice.Shape[1] == image.SampleElements)
            return Sheet(own, image[0], image[1], image[2], isSigned: true, most);
        return null;
    }

    /// <summary>A sheet of pictures that lie one after another.</summary>
    /// <param name="values">A whole number of pictures of channels · height · width elements, channel by channel.</param>
    /// <param name="most">Tiles at most: the first ones.</param>
    public static Image Sheet(ReadOnlySpan<float> values, int channels, int height, int width, bool isSigned, int most = MaxTiles)
    {
        var tiles = new List<Image>();
        var colour = channels == 3;
        var step = (colour ? 3 : 1) * height * width;
        for (var first = 0; first < values.Length && tiles.Count < most; first += step)
            tiles.Add(Tile(values.Slice(first, step), colour ? 3 : 1, height, width, isSigned));
        var columns = (int)Math.Ceiling(Math.Sqrt((double)tiles.Count * height / width));
        var zoom = Math.Clamp(SheetSide / Math.Max(1, columns * (width + 1)), 1, MaxZoom);
        return ImageSheet.Of(tiles, Math.Max(1, columns), zoom, gap: 2, paper: 255);
    }

    private static Image Tile(ReadOnlySpan<float> values, int channels, int height, int width, bool isSigned)
    {
        var (low, high) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var v in values) (low, high) = (Math.Min(low, v), Math.Max(high, v));
        if (isSigned) (low, high) = (-Math.Max(Math.Abs(low), Math.Abs(high)), Math.Max(Math.Abs(low), Math.Abs(high)));
        var image = new Image(width, height, channels);
        for (var c = 0; c < channels; c++)
            for (var y = 0; y < height; y++)
                for (var x = 0; x < width; x++)
                    image[y, x, c] = Gray(values[(((c * height) + y) * width) + x], low, high);
        return image;
    }

    private static byte Gray(float value, float low, float high) =>
        high > low ? (byte)Math.Round((value - low) / (high - low) * 255) : Middle;
}
