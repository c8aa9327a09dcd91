using System.Buffers;

namespace Distributed.Protocol.Tests;

/// <summary>Bytes in pieces, as a socket gives them.</summary>
internal static class ByteInput
{
    /// <summary>A sequence whose segments have at most this many bytes.</summary>
    public static ReadOnlySequence<byte> Pieces(ReadOnlyMemory<byte> bytes, int size)
    {
        if (bytes.Length <= size)
        {
            return new ReadOnlySequence<byte>(bytes);
        }

        var first = new Segment(bytes[..size], null);
        var last = first;
        for (var at = size; at < bytes.Length; at += size)
        {
            last = new Segment(bytes.Slice(at, Math.Min(size, bytes.Length - at)), last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>Feeds a decoder as a connection does: what it leaves comes again, with the next bytes behind it.</summary>
    public static List<ReceivedFrame> Feed(FrameDecoder decoder, ReadOnlyMemory<byte> bytes, int step, int segment = 7) =>
        Feed(decoder, bytes, step, segment, out _);

    /// <param name="allocated">Bytes, by the decoder alone.</param>
    public static List<ReceivedFrame> Feed(FrameDecoder decoder, ReadOnlyMemory<byte> bytes, int step, int segment, out long allocated)
    {
        allocated = 0;
        var frames = new List<ReceivedFrame>();
        var (consumed, available) = (0, 0);
        while (true)
        {
            var input = Pieces(bytes[consumed..available], segment);
            while (TryRead(decoder, ref input, out var frame, ref allocated))
            {
                frames.Add(frame);
            }

            consumed = available - (int)input.Length;
            if (available == bytes.Length)
            {
                return frames;
            }

            available = Math.Min(available + step, bytes.Length);
        }
    }

    private static bool TryRead(FrameDecoder decoder, ref ReadOnlySequence<byte> input, out ReceivedFrame frame, ref long allocated)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            return decoder.TryRead(ref input, out frame);
        }
        finally
        {
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
