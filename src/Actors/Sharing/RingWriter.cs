using System.Runtime.CompilerServices;

namespace Distributed.Actors.Sharing;

/// <summary>The end that writes. One thread at a time.</summary>
/// <param name="bell">The reader's.</param>
internal sealed class RingWriter(PeerBell bell) : RingEnd(MappedVector.Create(Elements, "ring"))
{
    private long _written;

    protected override bool IsReady => _written - Volatile.Read(ref Read) <= Capacity / 2;

    /// <summary>Returns when all of it is in the ring.</summary>
    /// <exception cref="IOException">The peer says that it has read what was never written.</exception>
    /// <exception cref="OperationCanceledException">The ring has ended.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        bytes = bytes[Write(bytes.Span)..];
        return bytes.IsEmpty ? ValueTask.CompletedTask : WriteRestAsync(bytes);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteRestAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Interlocked.Exchange(ref WriterWaits, 1);
            await WaitAsync().ConfigureAwait(false);
            if (HasEnded)
            {
                throw new OperationCanceledException("The ring has ended.");
            }

            bytes = bytes[Write(bytes.Span)..];
        }
    }

    /// <returns>How many bytes there was room for.</returns>
    private int Write(ReadOnlySpan<byte> bytes)
    {
        var room = Capacity - (_written - Volatile.Read(ref Read));
        if (room is < 0 or > Capacity)
        {
            throw new IOException($"The peer says that it has read what was never written: {room} bytes are free in a ring of {Capacity}.");
        }

        bytes = bytes[..(int)Math.Min(bytes.Length, room)];
        var place = From(_written);
        var first = Math.Min(bytes.Length, place.Length);
        bytes[..first].CopyTo(place);
        bytes[first..].CopyTo(From(_written + first));
        _written += bytes.Length;
        Volatile.Write(ref Written, _written);
        bell.Ring();
        return bytes.Length;
    }
}
