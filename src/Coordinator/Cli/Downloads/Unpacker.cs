using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Distributed.Engine.Data;

namespace Distributed.Coordinator.Cli.Downloads;

/// <summary>Takes the files that are wanted out of a packed one. Of an archive nothing but their bytes is used: no names, no rights, no links.</summary>
internal static class Unpacker
{
    /// <param name="packed">Whose sum was right. Read from its beginning; left open.</param>
    /// <param name="place">Where a file goes; what is there is written over.</param>
    /// <returns>Each file with its SHA-256 in hexadecimal digits.</returns>
    /// <exception cref="DataException">It does not hold what is wanted.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> UnpackAsync(Stream packed, PublishedFile file, Func<UnpackedFile, string> place, CancellationToken cancel)
    {
        packed.Position = 0;
        await using var plain = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
        try
        {
            return file.Packing switch
            {
                Packing.Gzip => new Dictionary<string, string> { [file.Contents[0].Name] = await CopyAsync(plain, file.Contents[0], place, cancel).ConfigureAwait(false) },
                _ => await FromTarAsync(plain, file, place, cancel).ConfigureAwait(false),
            };
        }
        catch (InvalidDataException wrong)
        {
            throw new DataException($"{file.Name}: cannot be unpacked: {wrong.Message}", wrong);
        }
    }

    private static async Task<Dictionary<string, string>> FromTarAsync(Stream plain, PublishedFile file, Func<UnpackedFile, string> place, CancellationToken cancel)
    {
        var sums = new Dictionary<string, string>();
        await using var archive = new TarReader(plain, leaveOpen: true);
        while (await archive.GetNextEntryAsync(cancellationToken: cancel).ConfigureAwait(false) is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || entry.DataStream is not { } data) continue;
            if (file.Contents.FirstOrDefault(wanted => wanted.Entry == entry.Name) is { } wanted)
                sums[wanted.Name] = await CopyAsync(data, wanted, place, cancel).ConfigureAwait(false);
        }
        return file.Contents.FirstOrDefault(wanted => !sums.ContainsKey(wanted.Name)) is { } missing
            ? throw new DataException($"{file.Name}: the archive has no file {missing.Entry}")
            : sums;
    }

    private static async Task<string> CopyAsync(Stream from, UnpackedFile file, Func<UnpackedFile, string> place, CancellationToken cancel)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var to = new FileStream(place(file), FileMode.Create, FileAccess.Write, FileShare.None);
        var block = new byte[DownloadLimits.Block];
        while (await from.ReadAsync(block, cancel).ConfigureAwait(false) is > 0 and var count)
        {
            if (to.Position + count > file.Bytes) throw new DataException($"{file.Name}: {file.Bytes} bytes are wanted, more were packed");
            sum.AppendData(block.AsSpan(0, count));
            await to.WriteAsync(block.AsMemory(0, count), cancel).ConfigureAwait(false);
        }
        if (to.Position < file.Bytes) throw new DataException($"{file.Name}: {file.Bytes} bytes are wanted, {to.Position} were packed");
        to.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(sum.GetHashAndReset());
    }
}
