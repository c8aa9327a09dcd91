using System.Security.Cryptography;
using Distributed.Engine.Data;

namespace Distributed.Engine.Checkpoints;

/// <summary>What two runs that should agree are compared by.</summary>
public static class WeightsFingerprint
{
    /// <summary>SHA-256 over the flat weights as little-endian floats in flat order: 64 lower-case hexadecimal digits.</summary>
    public static string Of(ReadOnlySpan<float> weights)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendFloats(weights);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
