using System.Buffers;

namespace Distributed.Actors.Tcp;

/// <summary>Bytes that have come and are not read yet, in one piece. Grows to hold a whole message, whose size the decoder bounds.</summary>
internal sealed class ReceiveBuffer(int bytes)
{
    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
    private int _begin;
    private int _end;

    public bool IsEmpty => _begin == _end;

    /// <summary>What is not read yet.</summary>
    public ReadOnlySequence<byte> Unread => new(_bytes, _begin, _end - _begin);

    /// <summary>Room for more, never empty.</summary>
    public Memory<byte> Room()
    {
        if (IsEmpty)
        {
            (_begin, _end) = (0, 0);
        }

        if (_end == _bytes.Length)
        {
            var unread = _bytes.AsSpan(_begin, _end - _begin);
            var target = _begin > 0 ? _bytes : GC.AllocateUninitializedArray<byte>(2 * _bytes.Length, pinned: true);
            unread.CopyTo(target);
            (_bytes, _begin, _end) = (target, 0, unread.Length);
        }

        return _bytes.AsMemory(_end);
    }

    public void Add(int count) => _end += count;

    /// <summary>All but the last <paramref name="left"/> bytes are read.</summary>
    public void Read(long left) => _begin = _end - (int)left;
}
