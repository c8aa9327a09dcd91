using System.Runtime.CompilerServices;
using Distributed.Protocol;

namespace Distributed.Actors.Sharing;

/// <summary>The end that reads. One thread at a time.</summary>
/// <param name="bell">The writer's.</param>
internal sealed class RingReader(MappedVector memory, PeerBell bell) : RingEnd(memory)
{
    private long _read;

    protected override bool IsReady => Volatile.Read(ref Written) != _read;

    /// <summary>Some of what is there, at least one byte; 0: all is read and nothing more comes.</summary>
    /// <exception cref="ProtocolException">The peer says that it has written more than there is room for.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> bytes)
    {
        while (true)
        {
            var hasEnded = HasEnded; // what was written before is seen after it
            if (Take(bytes.Span) is > 0 and var count)
            {
                return count;
            }

            if (hasEnded)
            {
                return 0;
            }

            await WaitAsync().ConfigureAwait(false);
        }
    }

    private int Take(Span<byte> bytes)
    {
        var there = Volatile.Read(ref Written) - _read;
        if (there is < 0 or > Capacity)
        {
            throw new ProtocolException($"{there} bytes are said to be in a ring of {Capacity}.");
        }

        bytes = bytes[..(int)Math.Min(bytes.Length, there)];
        if (bytes.IsEmpty)
        {
            return 0;
        }

        var place = From(_read);
        var first = Math.Min(bytes.Length, place.Length);
        place[..first].CopyTo(bytes);
        From(_read + first)[..(bytes.Length - first)].CopyTo(bytes[first..]);
        _read += bytes.Length;
        Volatile.Write(ref Read, _read);
        Interlocked.MemoryBarrier();

        // The writer began to wait after its last write, so that one counts: there may be more by now than was looked at above.
        if (Volatile.Read(ref WriterWaits) != 0 && Volatile.Read(ref Written) - _read <= Capacity / 2)
        {
            Volatile.Write(ref WriterWaits, 0);
            bell.Ring();
        }

        return bytes.Length;
    }
}
