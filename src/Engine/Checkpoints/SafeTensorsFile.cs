using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Distributed.Engine.Data;

namespace Distributed.Engine.Checkpoints;

/// <summary>Writes and reads float32 tensors in the safetensors format, which many programs read.</summary>
/// <remarks><code>
/// 8 bytes    header length h, little-endian
/// h bytes    JSON {"__metadata__": {string: string}, name: {"dtype": "F32", "shape": [..], "data_offsets": [begin, end]}, ..}
/// the rest   the tensors' data, little-endian, side by side
/// </code>
/// Our files carry two checksums in their metadata, which other programs ignore: "sha256" over the data part and "header_sha256"
/// over what the header says. The same tensors and metadata always give the same bytes.
/// </remarks>
public static class SafeTensorsFile
{
    /// <summary>A longer header is refused, unread.</summary>
    public const int MaxHeaderBytes = 16 << 20;

    private const int LengthBytes = 8;
    private const int SwapElements = 4096;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Writes aside, flushes to the disk and renames: under this name there is never a torn file.</summary>
    /// <exception cref="CheckpointException">The disk refuses.</exception>
    /// <param name="storage">Null: this machine's disk.</param>
    public static void Write(string path, IReadOnlyList<SafeTensor> tensors, IReadOnlyDictionary<string, string> metadata,
        ICheckpointStorage? storage = null) => WholeFile.Write(path, stream => Write(stream, tensors, metadata), storage);

    /// <exception cref="ArgumentException">Two tensors have one name, a tensor has not as many elements as its shape, a metadata key is
    /// one of the checksums', or the header would be longer than <see cref="MaxHeaderBytes"/>.</exception>
    public static void Write(Stream stream, IReadOnlyList<SafeTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = new SafeTensorsHeader(Place(tensors), Sorted(metadata));
        header = header with { Metadata = header.Metadata.Add(SafeTensorsHeader.DataSum, DataSum(tensors)) };
        header = header with { Metadata = header.Metadata.Add(SafeTensorsHeader.HeaderSum, header.Sum()) };
        var text = header.Format();
        if (text.Length > MaxHeaderBytes)
            throw new ArgumentException($"the header would have {text.Length} bytes; at most {MaxHeaderBytes} are allowed");
        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        stream.Write(length);
        stream.Write(text);
        foreach (var tensor in tensors) WriteFloats(stream, tensor.Data.Span);
    }

    /// <param name="requireChecksums">Whether a file without our checksums is refused.</param>
    /// <exception cref="CheckpointException">It cannot be read, or is not a whole, consistent safetensors file of float32.</exception>
    /// <param name="storage">Null: this machine's disk.</param>
    public static SafeTensorsContents Read(string path, bool requireChecksums = false, ICheckpointStorage? storage = null)
    {
        try
        {
            using var file = (storage ?? DiskStorage.Instance).OpenRead(path);
            return Read(file, path, requireChecksums);
        }
        catch (Exception error) when (error is IOException and not CheckpointException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The tensors of a file that any program has written, their elements as float32; without what it says of checksums.</summary>
    /// <remarks>float64, float16 and bfloat16 are converted, each element rounded once. Tensors of other types have no elements here.</remarks>
    /// <exception cref="CheckpointException">It cannot be read, or is not a whole, consistent safetensors file.</exception>
    public static ImmutableArray<ForeignTensor> ReadForeign(string path)
    {
        try
        {
            using var file = DiskStorage.Instance.OpenRead(path);
            var header = ReadWholeHeader(file, path, anyType: true);
            var tensors = ImmutableArray.CreateBuilder<ForeignTensor>(header.Entries.Length);
            foreach (var entry in header.Entries)
            {
                var data = ElementType.BytesOf(entry.Type) is null ? null : new float[entry.Shape.SampleElements];
                if (data is null) file.Seek(entry.End - entry.Begin, SeekOrigin.Current);
                else ElementType.Read(file, entry.Type, data);
                tensors.Add(new ForeignTensor(entry.Name, entry.Shape, entry.Type, data));
            }
            return tensors.MoveToImmutable();
        }
        catch (Exception error) when (error is IOException and not CheckpointException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The header of a file that holds as many bytes as the header says.</summary>
    private static SafeTensorsHeader ReadWholeHeader(Stream file, string path, bool anyType)
    {
        var header = ReadHeader(file, path, anyType);
        var present = file.Length - file.Position;
        if (present < header.DataBytes)
            throw new CheckpointException($"{path}: truncated: the header wants {header.DataBytes} bytes of data, {present} are there");
        if (present > header.DataBytes)
            throw new CheckpointException($"{path}: {present - header.DataBytes} bytes follow the {header.DataBytes} bytes of data " +
                "that the header wants; none are wanted");
        return header;
    }

    private static SafeTensorsContents Read(Stream file, string path, bool requireChecksums)
    {
        var header = ReadWholeHeader(file, path, anyType: false);
        var wantedData = header.Metadata.GetValueOrDefault(SafeTensorsHeader.DataSum);
        var wantedHeader = header.Metadata.GetValueOrDefault(SafeTensorsHeader.HeaderSum);
        if (requireChecksums && (wantedData is null || wantedHeader is null))
            throw new CheckpointException($"{path}: metadata \"{SafeTensorsHeader.DataSum}\" and \"{SafeTensorsHeader.HeaderSum}\" " +
                "are wanted, at least one is not there: damaged, or not a checkpoint of this program");
        if (wantedHeader is not null && wantedHeader != header.Sum())
            throw new CheckpointException($"{path}: the header is damaged: its checksum is {header.Sum()}, {wantedHeader} is wanted");

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var tensors = ImmutableArray.CreateBuilder<SafeTensor>(header.Entries.Length);
        foreach (var entry in header.Entries)
        {
            var data = new float[entry.Shape.SampleElements];
            var bytes = MemoryMarshal.AsBytes(data.AsSpan());
            file.ReadExactly(bytes);
            hash.AppendData(bytes);
            SwapOnBigEndian(data);
            tensors.Add(new SafeTensor(entry.Name, entry.Shape, data));
        }
        var sum = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (wantedData is not null && wantedData != sum)
            throw new CheckpointException($"{path}: the data is damaged: its checksum is {sum}, {wantedData} is wanted");
        return new SafeTensorsContents(tensors.MoveToImmutable(),
            header.Metadata.Remove(SafeTensorsHeader.DataSum).Remove(SafeTensorsHeader.HeaderSum),
            Verified: wantedData is not null && wantedHeader is not null);
    }

    private static SafeTensorsHeader ReadHeader(Stream file, string path, bool anyType)
    {
        if (file.Length < LengthBytes)
            throw new CheckpointException($"{path}: truncated: a safetensors file begins with {LengthBytes} bytes, got {file.Length}");
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        file.ReadExactly(lengthBytes);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > MaxHeaderBytes)
            throw new CheckpointException($"{path}: a header of {length} bytes is declared, at most {MaxHeaderBytes} are read; " +
                "this is no safetensors file");
        if ((long)length > file.Length - LengthBytes)
            throw new CheckpointException($"{path}: truncated: a header of {length} bytes is declared, " +
                $"{file.Length - LengthBytes} are there");
        var text = new byte[length];
        file.ReadExactly(text);
        return SafeTensorsHeader.Parse(text, path, anyType);
    }

    private static ImmutableArray<SafeTensorsEntry> Place(IReadOnlyList<SafeTensor> tensors)
    {
        var entries = ImmutableArray.CreateBuilder<SafeTensorsEntry>(tensors.Count);
        var (names, end) = (new HashSet<string>(), 0L);
        foreach (var tensor in tensors)
        {
            CheckText(tensor.Name);
            if (!names.Add(tensor.Name) || tensor.Name == "__metadata__")
                throw new ArgumentException($"a tensor cannot be named \"{tensor.Name}\": the name is taken");
            if (tensor.Shape.IsBatched || tensor.Data.Length != tensor.Shape.SampleElements)
                throw new ArgumentException($"tensor \"{tensor.Name}\" of shape {tensor.Shape} has {tensor.Data.Length} elements");
            var begin = end;
            end += (long)tensor.Data.Length * sizeof(float);
            entries.Add(new SafeTensorsEntry(tensor.Name, tensor.Shape, begin, end));
        }
        return entries.MoveToImmutable();
    }

    private static ImmutableSortedDictionary<string, string> Sorted(IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (key, value) in metadata)
        {
            CheckText(key);
            CheckText(value);
            if (key is SafeTensorsHeader.DataSum or SafeTensorsHeader.HeaderSum)
                throw new ArgumentException($"metadata \"{key}\" is the file's own checksum");
        }
        return metadata.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    /// <summary>Half a surrogate pair would come back as another character.</summary>
    private static void CheckText(string text) => StrictUtf8.GetByteCount(text);

    private static string DataSum(IReadOnlyList<SafeTensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in tensors) hash.AppendFloats(tensor.Data.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void WriteFloats(Stream stream, ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }
        var swapped = new float[SwapElements];
        for (; !values.IsEmpty; values = values[Math.Min(values.Length, SwapElements)..])
        {
            var block = swapped.AsSpan(0, Math.Min(values.Length, SwapElements));
            values[..block.Length].CopyTo(block);
            SwapOnBigEndian(block);
            stream.Write(MemoryMarshal.AsBytes(block));
        }
    }

    private static void SwapOnBigEndian(Span<float> values)
    {
        if (BitConverter.IsLittleEndian) return;
        var bits = MemoryMarshal.Cast<float, int>(values);
        BinaryPrimitives.ReverseEndianness(bits, bits);
    }
}
