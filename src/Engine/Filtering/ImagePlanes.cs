using Distributed.Engine.Images;

namespace Distributed.Engine.Filtering;

/// <summary>Between pictures of bytes and planes of numbers.</summary>
public static class ImagePlanes
{
    /// <summary>What 0 is shown as where values have signs.</summary>
    public const int MidGray = 128;

    /// <summary>One plane a channel, values 0 to 255; alpha is laid on white first.</summary>
    public static IReadOnlyList<Plane> Of(Image image)
    {
        var opaque = image.OnWhite();
        var planes = new Plane[opaque.Channels];
        for (var c = 0; c < planes.Length; c++)
        {
            var values = new double[opaque.Width * opaque.Height];
            for (var i = 0; i < values.Length; i++) values[i] = opaque.Pixels[i * opaque.Channels + c];
            planes[c] = new Plane(opaque.Width, opaque.Height, values);
        }
        return planes;
    }

    /// <summary>Shows planes as a picture, all on one scale.</summary>
    /// <remarks><code>
    /// signed      128 + 127·v / max|v|      0 is mid-gray, and the strongest response, of whichever sign, is black or white
    /// not signed  v,  or v·255 / max v where a value is above 255
    /// </code>
    /// Rounded to nearest, halves to even.</remarks>
    /// <param name="planes">1 or 3 of one size.</param>
    /// <param name="signed">Whether values can be below 0.</param>
    public static Image Show(IReadOnlyList<Plane> planes, bool signed)
    {
        var largest = planes.Max(plane => plane.Values.Max(Math.Abs));
        var scale = signed ? (largest == 0 ? 0 : (MidGray - 1) / largest) : largest > 255 ? 255 / largest : 1;
        var image = new Image(planes[0].Width, planes[0].Height, planes.Count);
        for (var c = 0; c < planes.Count; c++)
            for (var i = 0; i < planes[c].Values.Length; i++)
                image.Pixels[i * planes.Count + c] =
                    (byte)Math.Clamp(Math.Round((signed ? MidGray : 0) + scale * planes[c].Values[i]), 0, 255);
        return image;
    }
}
