using System.Buffers.Binary;
using System.IO.Compression;

namespace Distributed.Engine.Data;

/// <summary>Reads arrays that NumPy has saved: one in a .npy file, several by name in a .npz file (a zip of .npy files).</summary>
/// <remarks>See <see cref="NumPyHeader"/> for the format. Lengths are checked before memory is taken, against what the file can hold.</remarks>
public static class NumPyFile
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const long MaxBytes = 1L << 31;

    /// <summary>Arrays of a .npz file at most.</summary>
    public const int MaxArrays = 100;

    /// <summary>Deflate cannot shrink below a 1032nd.</summary>
    private const long MaxInflation = 1032;

    /// <summary>The one array of a .npy file.</summary>
    /// <exception cref="DataException">The file cannot be read, is damaged, or holds numbers of a type that is not read.</exception>
    public static NumPyArray Read(string path) => Guarded(path, () =>
    {
        using var file = Open(path);
        return NumPyArray.Read(file, path, file.Length);
    });

    /// <summary>One array of a .npz file, by its name without ".npy".</summary>
    /// <inheritdoc cref="Read(string)"/>
    public static NumPyArray Read(string path, string name) => Guarded(path, () =>
    {
        using var file = Open(path);
        using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        if (zip.Entries.Count > MaxArrays) throw new DataException($"{path}: {zip.Entries.Count} arrays are in it, at most {MaxArrays} are read");
        if (zip.GetEntry($"{name}.npy") is not { } entry)
            throw new DataException($"{path}: there is no array \"{name}\"; there are " +
                string.Join(", ", zip.Entries.Select(one => Path.GetFileNameWithoutExtension(one.Name)).Order(StringComparer.Ordinal)));
        using var inflated = entry.Open();
        return NumPyArray.Read(inflated, $"{path}, array {name}", Math.Min(entry.Length, Math.Min(file.Length, MaxBytes) * MaxInflation));
    });

    private static FileStream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        if (file.Length <= MaxBytes) return file;
        file.Dispose();
        throw new DataException($"{path}: the file is larger than {MaxBytes} bytes; that is more than is read");
    }

    private static NumPyArray Guarded(string path, Func<NumPyArray> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException error)
        {
            throw new DataException($"{path}: the zip file is damaged: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw DataException.CannotBeRead(path, error);
        }
    }
}

/// <summary>An array as NumPy saved it: bytes, whole numbers or floats, with its extents.</summary>
/// <param name="Type">"u1", "i4", "i8", "f4" or "f8".</param>
/// <param name="Data">Little-endian elements, row-major.</param>
public sealed record NumPyArray(string Path, string Type, IReadOnlyList<int> Extents, byte[] Data)
{
    /// <summary>Elements in all.</summary>
    public int Count => Data.Length / NumPyHeader.Bytes(Type);

    /// <param name="available">The most bytes that <paramref name="stream"/> can hold.</param>
    internal static NumPyArray Read(Stream stream, string path, long available)
    {
        var header = NumPyHeader.Read(stream, path);
        if (header.DataBytes > available)
            throw new DataException($"{path}: the header declares {header.DataBytes} bytes, the file holds {available} at most; it is truncated");
        var data = new byte[header.DataBytes];
        var read = stream.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
        if (read < data.Length) throw new DataException($"{path}: truncated: the header declares {data.Length} bytes of numbers, {read} came");
        if (stream.ReadByte() >= 0) throw new DataException($"{path}: bytes follow the array; none are wanted");
        return new NumPyArray(path, header.Type, header.Extents, data);
    }

    /// <summary>The elements as floats, rounded once.</summary>
    /// <exception cref="DataException">One is NaN or infinite, or too large for a float.</exception>
    public float[] ToFloats()
    {
        var floats = new float[Count];
        for (var i = 0; i < floats.Length; i++)
        {
            floats[i] = Type switch
            {
                "u1" => Data[i],
                "i4" => BinaryPrimitives.ReadInt32LittleEndian(At(i, 4)),
                "i8" => BinaryPrimitives.ReadInt64LittleEndian(At(i, 8)),
                "f4" => BinaryPrimitives.ReadSingleLittleEndian(At(i, 4)),
                _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(At(i, 8)),
            };
            if (!float.IsFinite(floats[i])) throw new DataException($"{Path}: element {i} is {floats[i]}; finite numbers are wanted");
        }
        return floats;
    }

    /// <summary>The elements as class indices.</summary>
    /// <exception cref="DataException">They are no whole numbers, or one is below 0 or above 65535.</exception>
    public int[] ToLabels()
    {
        var labels = new int[Count];
        for (var i = 0; i < labels.Length; i++)
        {
            var label = Type switch
            {
                "u1" => Data[i],
                "i4" => BinaryPrimitives.ReadInt32LittleEndian(At(i, 4)),
                "i8" => BinaryPrimitives.ReadInt64LittleEndian(At(i, 8)),
                _ => throw new DataException($"{Path}: labels are whole numbers (u1, i4, i8), got {Type}"),
            };
            if (label is < 0 or >= CsvFile.MaxClasses)
                throw new DataException($"{Path}: sample {i} has label {label}; 0 to {CsvFile.MaxClasses - 1} is wanted");
            labels[i] = (int)label;
        }
        return labels;
    }

    private ReadOnlySpan<byte> At(int i, int bytes) => Data.AsSpan(i * bytes, bytes);
}
