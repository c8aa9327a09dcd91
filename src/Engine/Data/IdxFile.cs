using System.Buffers.Binary;
using System.IO.Compression;

namespace Distributed.Engine.Data;

/// <summary>Reads the IDX format in which MNIST comes: a big-endian header, then the elements. Plain or gzip, told by content.</summary>
/// <remarks><code>
/// 0x00 0x00 | type (0x08: unsigned byte) | rank r | r extents, 4 bytes each, big-endian | elements, row-major
/// </code>
/// The header is checked, and the number of elements is bounded by what the file could hold, before memory is taken. Only
/// unsigned bytes are read: images and labels are nothing else.
/// </remarks>
public static class IdxFile
{
    /// <summary>Images have 3 (n, height, width) or 4 dimensions; more than 8 is no IDX file of ours.</summary>
    public const int MaxRank = 8;

    /// <summary>Deflate cannot shrink below a 1032nd: a gzip file holds at most this many bytes for each of its own.</summary>
    private const long MaxInflation = 1032;

    private const int UnsignedByte = 0x08;

    /// <exception cref="DataException">The file cannot be read, or is not an IDX file of unsigned bytes, whole and without a
    /// rest.</exception>
    public static IdxContents Read(string path) => Open(path, (stream, available) =>
    {
        var extents = ReadExtents(stream, path, available, Array.MaxLength);
        var elements = Elements(extents);
        var data = new byte[elements];
        var read = stream.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
        if (read < data.Length)
            throw new DataException($"{path}: truncated: the header declares {elements} elements, {read} came");
        if (stream.ReadByte() >= 0) throw Rest(path, elements);
        return new IdxContents(extents, data);
    });

    /// <summary>As <see cref="Read"/>, as samples of all extents but the first. Those of a plain file stay in it and are read as memory.</summary>
    internal static (IReadOnlyList<int> Extents, SampleBytes Samples) Map(string path)
    {
        if (Open(path, (stream, available) => stream is FileStream ? ReadExtents(stream, path, available, long.MaxValue) : null) is not { } extents)
        {
            var contents = Read(path);
            return (contents.Extents, SampleBytes.Of(contents.Data, contents.Data.Length / contents.Extents[0]));
        }
        var (offset, elements) = (4L + 4 * extents.Length, Elements(extents));
        if (elements / extents[0] > int.MaxValue) throw new DataException($"{path}: a sample has more than {int.MaxValue} elements; that is more than is read");
        var file = MappedFile.Open(path);
        if (file.Length > offset + elements) throw Rest(path, elements);
        if (file.Length < offset + elements) throw new DataException($"{path}: the file became shorter while it was read");
        var length = (int)(elements / extents[0]);
        return (extents, SampleBytes.In([(file, offset, extents[0])], length, length));
    }

    private static T Open<T>(string path, Func<Stream, long, T> read)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
            var zipped = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
            file.Position = 0;
            if (!zipped) return read(file, file.Length);
            using var inflated = new BufferedStream(new GZipStream(file, CompressionMode.Decompress), 1 << 16);
            return read(inflated, file.Length * MaxInflation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DataException.CannotBeRead(path, error);
        }
        catch (InvalidDataException error)
        {
            throw new DataException($"{path}: the gzip data is damaged: {error.Message}", error);
        }
    }

    /// <param name="available">The most bytes that <paramref name="stream"/> can hold.</param>
    /// <returns>Extents whose product is no more than <paramref name="most"/>, nor than what the file can hold.</returns>
    private static int[] ReadExtents(Stream stream, string path, long available, long most)
    {
        Span<byte> header = stackalloc byte[4 * MaxRank];
        var magic = header[..4];
        ReadHeader(stream, path, magic);
        if (magic[0] != 0 || magic[1] != 0)
            throw new DataException($"{path}: an IDX file begins with bytes 00 00, type and rank, " +
                $"got {Convert.ToHexStringLower(magic)}");
        if (magic[2] != UnsignedByte)
            throw new DataException($"{path}: elements of type 0x08 (unsigned byte) are wanted, got type 0x{magic[2]:x2}");
        int rank = magic[3];
        if (rank is < 1 or > MaxRank) throw new DataException($"{path}: 1 to {MaxRank} dimensions are wanted, got {rank}");

        ReadHeader(stream, path, header[..(4 * rank)]);
        var extents = new int[rank];
        var elements = 1L;
        for (var i = 0; i < rank; i++)
        {
            var extent = BinaryPrimitives.ReadUInt32BigEndian(header[(4 * i)..]);
            if (extent is 0 or > int.MaxValue)
                throw new DataException($"{path}: extent {i} is {extent}; 1 to {int.MaxValue} is wanted");
            extents[i] = (int)extent;
            if (elements > most / extent) throw new DataException($"{path}: the header declares more than {most} elements; that is more than is read");
            elements *= extent;
        }
        if (elements > available - 4 - 4 * rank)
            throw new DataException($"{path}: the header declares [{string.Join(", ", extents)}] = {elements} elements, " +
                $"the file can hold {Math.Max(0, available - 4 - 4 * rank)} at most; it is truncated or not an IDX file");
        return extents;
    }

    private static long Elements(IReadOnlyList<int> extents) => extents.Aggregate(1L, (product, extent) => product * extent);

    private static DataException Rest(string path, long elements) =>
        new($"{path}: bytes follow the {elements} elements that the header declares; none are wanted");

    private static void ReadHeader(Stream stream, string path, Span<byte> bytes)
    {
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length) throw new DataException($"{path}: truncated: the file ends in its header");
    }
}

/// <summary>What an IDX file holds: extents, outermost first, and the elements, row-major.</summary>
public sealed record IdxContents(IReadOnlyList<int> Extents, byte[] Data);
