using System.Buffers.Binary;

namespace Distributed.Engine.Checkpoints;

/// <summary>The types of numbers in safetensors files of other programs that become float32, each rounded once, to nearest.</summary>
internal static class ElementType
{
    private const int BlockBytes = 1 << 16;

    /// <summary>Of an element; null: this type is not read.</summary>
    public static int? BytesOf(string type) => type switch
    {
        "F64" => 8,
        SafeTensorsHeader.Float32 => 4,
        "F16" or "BF16" => 2,
        _ => null,
    };

    /// <summary>Fills <paramref name="data"/> from the stream, block by block.</summary>
    /// <exception cref="EndOfStreamException">There are too few bytes.</exception>
    public static void Read(Stream stream, string type, Span<float> data)
    {
        var size = BytesOf(type) ?? throw new ArgumentException($"elements of type {type} are not read", nameof(type));
        var block = new byte[BlockBytes];
        while (!data.IsEmpty)
        {
            var count = Math.Min(data.Length, BlockBytes / size);
            var bytes = block.AsSpan(0, count * size);
            stream.ReadExactly(bytes);
            for (var i = 0; i < count; i++) data[i] = Number(type, bytes.Slice(i * size, size));
            data = data[count..];
        }
    }

    private static float Number(string type, ReadOnlySpan<byte> bytes) => type switch
    {
        "F64" => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        "F16" => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        "BF16" => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(bytes) << 16),
        _ => BinaryPrimitives.ReadSingleLittleEndian(bytes),
    };
}
