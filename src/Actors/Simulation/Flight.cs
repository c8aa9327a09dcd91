using Distributed.Actors.Remoting;
using Distributed.Protocol;

namespace Distributed.Actors.Simulated;

/// <summary>Something on its way from one side of a connection to the other: a frame, or the news that the connection has ended.</summary>
/// <remarks>What it carries stays borrowed until it arrives, as in a queue that has not been written out: who writes into it too early is found.</remarks>
internal sealed class Flight
{
    private OutboundFrame _frame;

    private Flight(TimeSpan arrival, long sequence) => (Arrival, Sequence) = (arrival, sequence);

    public TimeSpan Arrival { get; set; }

    /// <summary>Rises from frame to frame over the whole simulation.</summary>
    public long Sequence { get; }

    public OutboundFrame Frame => _frame;

    /// <summary>The encoded frame, or the rest of it; null: it is encoded when it arrives.</summary>
    public byte[]? Bytes { get; set; }

    /// <summary>About its bytes on the wire.</summary>
    public long Size { get; private init; }

    /// <summary>Not null: the connection has ended, for this reason.</summary>
    public string? End { get; private init; }

    public bool IsFragmented { get; set; }

    public bool IsDuplicated { get; set; }

    public bool IsCorrupted { get; set; }

    public static Flight Of(in OutboundFrame frame, TimeSpan arrival, long sequence) =>
        new(arrival, sequence) { _frame = frame, Size = frame.Body is TensorChunk chunk ? chunk.Bytes : 1 };

    public static Flight Of(byte[] bytes, TimeSpan arrival, long sequence) => new(arrival, sequence) { Bytes = bytes, Size = bytes.Length };

    public static Flight Ending(string reason, TimeSpan arrival, long sequence) => new(arrival, sequence) { End = reason };

    /// <summary>Gives back what it borrows.</summary>
    public void Release() => (_frame.Body as IReleasable)?.Release();
}
