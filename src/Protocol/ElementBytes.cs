using System.Buffers;
using System.Runtime.InteropServices;

namespace Distributed.Protocol;

/// <summary>The bytes of a chunk's elements as memory, for sockets. One object serves one chunk after the other, one operation at a time.</summary>
public sealed class ElementBytes : MemoryManager<byte>
{
    private Memory<float> _elements;
    private MemoryHandle _handle;
    private int _pins;

    /// <summary>Valid until the next call.</summary>
    public Memory<byte> Of(Memory<float> elements)
    {
        _elements = elements;
        return Memory;
    }

    public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(_elements.Span);

    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        if (_pins++ == 0)
        {
            _handle = _elements.Pin();
        }

        return new MemoryHandle((byte*)_handle.Pointer + elementIndex, default, this);
    }

    public override void Unpin()
    {
        if (--_pins == 0)
        {
            _handle.Dispose();
        }
    }

    protected override void Dispose(bool disposing)
    {
        // It owns nothing.
    }
}
