using System.Buffers;

namespace Distributed.Actors.Tcp;

/// <summary>Frames that go out together. Grows to hold a whole message.</summary>
internal sealed class SendBuffer(int bytes) : IBufferWriter<byte>
{
    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
    private int _written;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _written);

    /// <summary>Bytes that fit without growing.</summary>
    public int Room => _bytes.Length - _written;

    public void Clear() => _written = 0;

    public void Advance(int count) => _written += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (Room < Math.Max(1, sizeHint))
        {
            var grown = GC.AllocateUninitializedArray<byte>(Math.Max(2 * _bytes.Length, _written + sizeHint), pinned: true);
            Written.CopyTo(grown);
            _bytes = grown;
        }

        return _bytes.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
