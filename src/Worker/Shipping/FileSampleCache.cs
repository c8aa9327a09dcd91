using System.Security.Cryptography;
using Distributed.Engine.Data;
using Distributed.Jobs;
using Microsoft.Win32.SafeHandles;

namespace Distributed.Worker.Shipping;

/// <summary>Samples in files of a folder, one for each part of each data fingerprint.</summary>
/// <remarks><code>
/// a file    slots, in the samples' order; what was never written is a hole
/// a slot    record | SHA-256 of the sample's number (int32, little-endian) and the record
/// </code>
/// A slot whose sum is wrong is not held: what a killed process left half-written is asked for again. Processes that share a file write the same bytes.
/// </remarks>
/// <param name="folder">Null: in <see cref="DataCache"/>'s folder.</param>
public sealed class FileSampleCache(string? folder = null) : ISampleCache
{
    public ISampleStore Open(byte[] fingerprint, int samples, int recordBytes)
    {
        var path = "the cache of samples";
        try
        {
            var place = Directory.CreateDirectory(folder ?? DataCache.Of("samples")).FullName;
            path = Path.Combine(place, $"{Convert.ToHexStringLower(fingerprint)}-{recordBytes}");
            var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, FileOptions.RandomAccess);
            return new Store(file, samples, recordBytes);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or DataException)
        {
            throw new JobLoadException($"{path}: samples that are sent cannot be kept there: {wrong.Message}", wrong);
        }
    }

    private sealed class Store : ISampleStore
    {
        private readonly SafeFileHandle _file;
        private readonly int _recordBytes;

        public Store(SafeFileHandle file, int samples, int recordBytes)
        {
            (_file, _recordBytes) = (file, recordBytes);
            var held = new List<int>();
            var slot = new byte[SlotBytes];
            var there = Math.Min(samples, RandomAccess.GetLength(file) / SlotBytes);
            for (var sample = 0; sample < there; sample++)
            {
                if (RandomAccess.Read(file, slot, (long)sample * SlotBytes) < SlotBytes) break;
                if (Sum(sample, slot.AsSpan(0, recordBytes)).AsSpan().SequenceEqual(slot.AsSpan(recordBytes))) held.Add(sample);
            }
            Held = held;
        }

        public IReadOnlyList<int> Held { get; }

        private int SlotBytes => _recordBytes + SHA256.HashSizeInBytes;

        public void Read(int sample, Span<byte> record)
        {
            if (RandomAccess.Read(_file, record, (long)sample * SlotBytes) < record.Length)
                throw new IOException($"the cache of samples ends before sample {sample}: it became shorter while it was used");
        }

        public void Write(int sample, ReadOnlySpan<byte> record) =>
            RandomAccess.Write(_file, [.. record, .. Sum(sample, record)], (long)sample * SlotBytes);

        private static byte[] Sum(int sample, ReadOnlySpan<byte> record)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Span<byte> number = stackalloc byte[sizeof(int)];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(number, sample);
            hash.AppendData(number);
            hash.AppendData(record);
            return hash.GetHashAndReset();
        }
    }
}
