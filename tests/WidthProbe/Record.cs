using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Distributed.WidthProbe;

/// <summary>The results of one kernel, hashed as they come; printed as one line.</summary>
internal sealed class Record(string name) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Takes every NaN as the same one: which NaN an addition gives is not defined.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        var bits = new int[values.Length];
        for (var i = 0; i < bits.Length; i++)
            bits[i] = BitConverter.SingleToInt32Bits(float.IsNaN(values[i]) ? float.NaN : values[i]);
        _hash.AppendData(MemoryMarshal.AsBytes(bits.AsSpan()));
    }

    public void Dispose()
    {
        Console.WriteLine($"{name} {Convert.ToHexStringLower(_hash.GetHashAndReset())}");
        _hash.Dispose();
    }
}
