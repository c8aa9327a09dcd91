using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Distributed.Engine.Training;

/// <summary>What two runs are compared by: SHA-256 of the flat weights' bytes, each float32 little-endian.</summary>
public static class Fingerprint
{
    /// <returns>64 lowercase hexadecimal digits.</returns>
    public static string Of(ReadOnlySpan<float> weights)
    {
        if (BitConverter.IsLittleEndian) return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(weights)));
        var turned = new int[weights.Length];
        BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<float, int>(weights), turned);
        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(turned.AsSpan())));
    }
}
