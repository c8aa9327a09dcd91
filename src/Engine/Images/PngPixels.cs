using System.Buffers.Binary;
using Distributed.Engine.Data;

namespace Distributed.Engine.Images;

/// <summary>Turns the samples of a PNG row into the bytes of an <see cref="Image"/>: depth, palette, transparency.</summary>
internal sealed class PngPixels
{
    private readonly PngHeader _header;

    // Palette: red, green, blue, alpha of each entry.
    private readonly byte[] _palette = [];

    // Gray and RGB: the one value of each sample that means "transparent"; empty: none does.
    private readonly int[] _transparent = [];

    public PngPixels(PngHeader header, byte[]? palette, byte[]? transparency)
    {
        _header = header;
        var samples = header.Samples;
        switch (header.Color)
        {
            case PngColor.Palette:
                if (palette is null) throw new DataException("colours are in a palette, but there is no chunk PLTE");
                _palette = Palette(palette, transparency);
                Channels = transparency is null ? 3 : 4;
                break;
            case PngColor.Gray or PngColor.Rgb when transparency is not null:
                if (transparency.Length != 2 * samples)
                    throw new DataException($"chunk tRNS has {2 * samples} bytes here, got {transparency.Length}");
                _transparent = new int[samples];
                for (var i = 0; i < samples; i++)
                    _transparent[i] = BinaryPrimitives.ReadUInt16BigEndian(transparency.AsSpan(2 * i));
                Channels = samples + 1;
                break;
            default:
                if (transparency is not null) throw new DataException("a picture with alpha has no chunk tRNS, got one");
                Channels = samples;
                break;
        }
    }

    /// <summary>Of the picture that comes out.</summary>
    public int Channels { get; }

    /// <summary>Writes pixel <paramref name="x"/> of a row to its place in the picture.</summary>
    public void Put(ReadOnlySpan<byte> row, int x, Image image, int toY, int toX)
    {
        var to = image.Pixels.Slice((toY * image.Width + toX) * Channels, Channels);
        if (_header.Color == PngColor.Palette)
        {
            var entry = 4 * Sample(row, x);
            if (entry >= _palette.Length)
                throw new DataException($"palette entry {entry / 4} is used, the palette has {_palette.Length / 4}");
            _palette.AsSpan(entry, Channels).CopyTo(to);
            return;
        }
        var opaque = _transparent.Length == 0;
        for (var c = 0; c < _header.Samples; c++)
        {
            var sample = Sample(row, x * _header.Samples + c);
            opaque = opaque || sample != _transparent[c];
            to[c] = ToByte(sample);
        }
        if (_transparent.Length > 0) to[^1] = opaque ? (byte)255 : (byte)0;
    }

    private static byte[] Palette(byte[] colours, byte[]? alphas)
    {
        var entries = new byte[colours.Length / 3 * 4];
        for (var i = 0; i < entries.Length / 4; i++)
        {
            colours.AsSpan(3 * i, 3).CopyTo(entries.AsSpan(4 * i));
            entries[4 * i + 3] = alphas is not null && i < alphas.Length ? alphas[i] : (byte)255;
        }
        return entries;
    }

    /// <summary>Sample <paramref name="i"/> of a row: whole bytes big-endian, parts of a byte from its high bits down.</summary>
    private int Sample(ReadOnlySpan<byte> row, int i) => _header.Depth switch
    {
        8 => row[i],
        16 => BinaryPrimitives.ReadUInt16BigEndian(row[(2 * i)..]),
        var depth => (row[i * depth / 8] >> (8 - depth - i * depth % 8)) & ((1 << depth) - 1),
    };

    /// <summary>Scaled so that the depth's largest value becomes 255.</summary>
    private byte ToByte(int sample) => _header.Depth switch
    {
        8 => (byte)sample,
        16 => (byte)((sample + 128) / 257),
        var depth => (byte)(sample * (255 / ((1 << depth) - 1))),
    };
}
