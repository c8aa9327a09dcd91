using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Distributed.Engine.Kernels;

namespace Distributed.Protocol;

/// <summary>SHA-256 of a partial sum, for audits: two workers that computed the same shards have the same one.</summary>
/// <remarks>Taken over the chunks as they are sent, the last of the vector first, then the loss, the right decisions and the samples, all
/// little-endian. Every NaN is hashed as one and the same: which of them a computation gives differs between processors.</remarks>
public sealed class PartialHash : IDisposable
{
    /// <summary>Bytes of a hash.</summary>
    public const int Bytes = 32;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The next chunk.</summary>
    public void Add(ReadOnlySpan<float> chunk)
    {
        if (BitConverter.IsLittleEndian && Finite.All(chunk))
        {
            _hash.AppendData(MemoryMarshal.AsBytes(chunk));
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (var element in chunk)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, float.IsNaN(element) ? float.NaN : element);
            _hash.AppendData(bytes);
        }
    }

    /// <summary>The hash, after the last chunk; begins anew.</summary>
    public byte[] End(double loss, long correct, int samples)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double) + sizeof(long) + sizeof(int)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, double.IsNaN(loss) ? double.NaN : loss);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], correct);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], samples);
        _hash.AppendData(bytes);
        return _hash.GetHashAndReset();
    }

    public void Dispose() => _hash.Dispose();
}
