using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Distributed.Engine.Data;

/// <summary>Feeds numbers to a hash as little-endian bytes, whatever the machine's own order.</summary>
internal static class HashExtensions
{
    private const int BlockElements = 4096;

    public static void AppendText(this IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text));

    public static void AppendFloats(this IncrementalHash hash, ReadOnlySpan<float> values) =>
        hash.AppendInts(MemoryMarshal.Cast<float, int>(values));

    public static void AppendInts(this IncrementalHash hash, ReadOnlySpan<int> values)
    {
        Span<int> reversed = BitConverter.IsLittleEndian ? [] : new int[Math.Min(values.Length, BlockElements)];
        for (; !values.IsEmpty; values = values[Math.Min(values.Length, BlockElements)..])
        {
            var block = values[..Math.Min(values.Length, BlockElements)];
            if (!BitConverter.IsLittleEndian)
            {
                BinaryPrimitives.ReverseEndianness(block, reversed);
                block = reversed[..block.Length];
            }
            hash.AppendData(MemoryMarshal.AsBytes(block));
        }
    }
}
