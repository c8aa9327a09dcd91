using Distributed.Actors.Tcp;

namespace Distributed.Actors.Sharing;

/// <summary>One process's end of a ring: bytes in memory that two processes share, which one writes and the other reads, in order.</summary>
/// <remarks>
/// The memory: how many bytes were written since the beginning, how many read, whether the writer waits for room, and the bytes. Each count is
/// written by one side; each side keeps its own to itself and checks the other's, so a peer that lies can
/// only end its own connection. What is read is copied before it is looked at.
/// <para>Who waits is resumed by the thread of the <see cref="Bell"/> on that thread, or by <see cref="End"/>.</para>
/// </remarks>
internal abstract unsafe class RingEnd
{
    /// <summary>Bytes that may be on their way: a power of two.</summary>
    public const int Capacity = 1 << 18;

    /// <summary>Elements of the memory: what is counted, and the bytes.</summary>
    public const int Elements = (HeadBytes + Capacity) / sizeof(float);

    /// <summary>Bytes of what is counted, a page; how many were written stands first.</summary>
    public const int HeadBytes = 4096;

    /// <summary>Where it stands how many were read.</summary>
    public const int ReadAt = 64;

    private const int WriterWaitsAt = 128;

    private readonly MappedVector _memory;
    private readonly byte* _head;
    private readonly Signal _signal = new();
    private int _waits;
    private volatile bool _hasEnded;

    protected RingEnd(MappedVector memory)
    {
        _memory = memory;
        _head = (byte*)memory.Pin().Pointer;
    }

    /// <summary>Whether somebody waits for what is there now.</summary>
    public bool IsAwaited => Volatile.Read(ref _waits) != 0 && IsReady;

    public uint File => _memory.File;

    protected bool HasEnded => _hasEnded;

    protected ref long Written => ref *(long*)_head;

    protected ref long Read => ref *(long*)(_head + ReadAt);

    protected ref int WriterWaits => ref *(int*)(_head + WriterWaitsAt);

    /// <summary>Whether going on is of use. It believes what it finds: who goes on looks closely.</summary>
    protected abstract bool IsReady { get; }

    /// <summary>Resumes who waits for what is there now, on the calling thread.</summary>
    public bool Look() => IsAwaited && Resume(inline: true);

    /// <summary>Nobody waits for the peer any more.</summary>
    public void End()
    {
        _hasEnded = true;
        Interlocked.MemoryBarrier();
        Resume(inline: false);
    }

    /// <summary>Returns when there is something, or the end.</summary>
    protected ValueTask WaitAsync()
    {
        Interlocked.Exchange(ref _waits, 1);
        return (_hasEnded || IsReady) && TryTakeBack() ? ValueTask.CompletedTask : _signal.WaitAsync();
    }

    /// <summary>The bytes from a place on, up to the end of the memory.</summary>
    /// <param name="place">Bytes since the beginning.</param>
    protected Span<byte> From(long place)
    {
        var offset = (int)(place & (Capacity - 1));
        return new Span<byte>(_head + HeadBytes + offset, Capacity - offset);
    }

    private bool TryTakeBack() => Interlocked.CompareExchange(ref _waits, 0, 1) == 1;

    private bool Resume(bool inline)
    {
        if (!TryTakeBack())
        {
            return false;
        }

        _signal.Raise(inline);
        return true;
    }
}
