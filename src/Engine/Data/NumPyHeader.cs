using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Distributed.Engine.Data;

/// <summary>The beginning of a .npy file, which says what follows it.</summary>
/// <remarks><code>
/// 0x93 "NUMPY" | version 1.0: length (2 bytes, little-endian), 2.0 and 3.0: 4 bytes | text of a Python dictionary:
/// {'descr': '&lt;f4', 'fortran_order': False, 'shape': (60000, 784), }
/// </code>
/// Types u1, i4, i8, f4 and f8, little-endian, in C order, of 1 to 4 dimensions.</remarks>
internal sealed partial record NumPyHeader(string Type, IReadOnlyList<int> Extents, int DataBytes)
{
    /// <summary>NumPy's own headers have 118 bytes, or a few more with many dimensions.</summary>
    public const int MaxBytes = 4096;

    public const int MaxRank = 4;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Bytes of an element.</summary>
    public static int Bytes(string type) => type[1] - '0';

    public static NumPyHeader Read(Stream stream, string path)
    {
        Span<byte> start = stackalloc byte[8], length = stackalloc byte[4];
        Fill(stream, start, path);
        if (!start.StartsWith(Magic)) throw new DataException($"{path}: a .npy file begins with {Convert.ToHexStringLower(Magic)}, " +
            $"got {Convert.ToHexStringLower(start[..6])}");
        if (start[6] is < 1 or > 3) throw new DataException($"{path}: version 1 to 3 of the format is wanted, got {start[6]}");
        length.Clear();
        Fill(stream, length[..(start[6] == 1 ? 2 : 4)], path);
        var bytes = BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (bytes > MaxBytes) throw new DataException($"{path}: the header has {bytes} bytes, at most {MaxBytes} are read");
        Span<byte> text = stackalloc byte[(int)bytes];
        Fill(stream, text, path);
        return Parse(Encoding.Latin1.GetString(text), path);
    }

    internal static NumPyHeader Parse(string text, string path)
    {
        var type = TypePattern().Match(text).Groups[1].Value;
        if (type is not ("|u1" or "<u1" or "<i4" or "<i8" or "<f4" or "<f8"))
            throw new DataException($"{path}: numbers of type u1, <i4, <i8, <f4 or <f8 are wanted, got {(type == "" ? "no type" : type)}");
        if (!OrderPattern().IsMatch(text)) throw new DataException($"{path}: row-major order is wanted ('fortran_order': False)");
        var shape = ShapePattern().Match(text);
        if (!shape.Success) throw new DataException($"{path}: the header has no shape: {text.Trim()}");
        var extents = new List<int>();
        var elements = 1L;
        foreach (var word in shape.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var extent) || extent < 1)
                throw new DataException($"{path}: extent {extents.Count} is {word}; 1 to {int.MaxValue} is wanted");
            extents.Add(extent);
            elements *= extent;
            if (extents.Count > MaxRank || elements * Bytes(type[1..]) > Array.MaxLength)
                throw new DataException($"{path}: an array of ({shape.Groups[1].Value}) is wanted with at most {MaxRank} dimensions " +
                    $"and {Array.MaxLength} bytes");
        }
        if (extents.Count == 0) throw new DataException($"{path}: an array of at least 1 dimension is wanted, got a single number");
        return new NumPyHeader(type[1..], extents, (int)(elements * Bytes(type[1..])));
    }

    private static void Fill(Stream stream, Span<byte> bytes, string path)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new DataException($"{path}: truncated: the file ends in its header");
    }

    [GeneratedRegex(@"'descr':\s*'([^']{0,8})'", RegexOptions.CultureInvariant)]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'fortran_order':\s*False\b", RegexOptions.CultureInvariant)]
    private static partial Regex OrderPattern();

    [GeneratedRegex(@"'shape':\s*\(([0-9, ]*)\)", RegexOptions.CultureInvariant)]
    private static partial Regex ShapePattern();
}
