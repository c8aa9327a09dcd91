namespace Distributed.Engine.Images;

/// <summary>A picture of bytes: rows from the top, pixels from the left, the channels of a pixel side by side.</summary>
/// <remarks><code>
/// channels   1 gray · 2 gray, alpha · 3 red, green, blue · 4 red, green, blue, alpha
/// values     0 (black, transparent) to 255 (white, opaque), as stored: no gamma is applied
/// element    (row y, column x, channel c) is Pixels[(y·Width + x)·Channels + c]
/// </code></remarks>
public sealed class Image
{
    /// <summary>The widest and the highest picture, in pixels.</summary>
    public const int MaxSide = 1 << 15;

    /// <summary>The largest picture, in pixels: 64 Mi.</summary>
    public const int MaxPixels = 1 << 26;

    private readonly byte[] _pixels;

    /// <summary>A black (and, with alpha, transparent) picture.</summary>
    public Image(int width, int height, int channels)
        : this(width, height, channels, new byte[Bytes(width, height, channels)])
    {
    }

    /// <param name="pixels">height · width · channels bytes; kept.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range.</exception>
    /// <exception cref="ArgumentException">There are more or fewer bytes than the sizes say.</exception>
    public Image(int width, int height, int channels, byte[] pixels)
    {
        var bytes = Bytes(width, height, channels);
        if (pixels.Length != bytes)
            throw new ArgumentException($"a picture of {width} x {height} with {channels} channels has {bytes} bytes, " +
                $"got {pixels.Length}", nameof(pixels));
        (Width, Height, Channels, _pixels) = (width, height, channels, pixels);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>1 to 4.</summary>
    public int Channels { get; }

    public bool HasAlpha => Channels is 2 or 4;

    public Span<byte> Pixels => _pixels;

    public byte this[int y, int x, int channel]
    {
        get => _pixels[At(y, x, channel)];
        set => _pixels[At(y, x, channel)] = value;
    }

    /// <summary>The picture laid on white paper: 255 + (v − 255)·alpha/255, rounded to nearest.</summary>
    /// <returns>Itself, where it has no alpha.</returns>
    public Image OnWhite()
    {
        if (!HasAlpha) return this;
        var opaque = new Image(Width, Height, Channels - 1);
        for (int from = 0, to = 0; from < _pixels.Length; from++)
        {
            var alpha = _pixels[from + opaque.Channels];
            for (var c = 0; c < opaque.Channels; c++)
                opaque._pixels[to++] = (byte)((_pixels[from++] * alpha + 255 * (255 - alpha) + 127) / 255);
        }
        return opaque;
    }

    /// <summary>The picture in gray: (299·red + 587·green + 114·blue) / 1000 (ITU-R BT.601), rounded to nearest; alpha is laid on
    /// white first.</summary>
    public Image ToGray()
    {
        var opaque = OnWhite();
        if (opaque.Channels == 1) return opaque;
        var gray = new Image(Width, Height, 1);
        for (var i = 0; i < gray._pixels.Length; i++)
        {
            var rgb = opaque._pixels.AsSpan(3 * i, 3);
            gray._pixels[i] = (byte)((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000);
        }
        return gray;
    }

    /// <summary>The picture in red, green, blue; gray is written thrice, alpha is laid on white first.</summary>
    public Image ToRgb()
    {
        var opaque = OnWhite();
        if (opaque.Channels == 3) return opaque;
        var rgb = new Image(Width, Height, 3);
        for (var i = 0; i < opaque._pixels.Length; i++) rgb._pixels.AsSpan(3 * i, 3).Fill(opaque._pixels[i]);
        return rgb;
    }

    /// <summary>Height · width · channels, checked against the bounds.</summary>
    internal static int Bytes(int width, int height, int channels)
    {
        CheckSide(width, nameof(width));
        CheckSide(height, nameof(height));
        if (channels is < 1 or > 4)
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "a picture has 1 to 4 channels");
        if ((long)width * height > MaxPixels)
            throw new ArgumentOutOfRangeException(nameof(width), width,
                $"a picture has at most {MaxPixels} pixels, {width} x {height} are more");
        return width * height * channels;
    }

    private static void CheckSide(int side, string name)
    {
        if (side is < 1 or > MaxSide)
            throw new ArgumentOutOfRangeException(name, side, $"a picture's side is 1 to {MaxSide} pixels");
    }

    private int At(int y, int x, int channel)
    {
        if ((uint)y >= (uint)Height || (uint)x >= (uint)Width || (uint)channel >= (uint)Channels)
            throw new ArgumentOutOfRangeException(nameof(y), y,
                $"there is no element ({y}, {x}, {channel}) in a picture of {Width} x {Height} with {Channels} channels");
        return (y * Width + x) * Channels + channel;
    }
}
