using Distributed.Engine.Filtering;

namespace Distributed.Engine.Data.Augmentations;

/// <summary>Moves all planes of an image by whole pixels.</summary>
internal static class Translation
{
    /// <summary>Pixel (y, x) becomes what was at (y − down, x − right); what comes from outside, as <paramref name="border"/> says.</summary>
    /// <param name="scratch">h·w elements.</param>
    public static void Move(Shape sample, Span<float> features, Span<float> scratch, int down, int right, Border border)
    {
        if (down == 0 && right == 0) return;
        var (height, width) = (sample[1], sample[2]);
        var old = scratch[..(height * width)];
        for (var at = 0; at < features.Length; at += height * width)
        {
            var plane = features.Slice(at, height * width);
            plane.CopyTo(old);
            for (var y = 0; y < height; y++)
            {
                var row = border.Source(y - down, height);
                for (var x = 0; x < width; x++)
                {
                    var column = border.Source(x - right, width);
                    plane[y * width + x] = row < 0 || column < 0 ? 0 : old[row * width + column];
                }
            }
        }
    }
}
