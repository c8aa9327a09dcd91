namespace Distributed.Actors;

/// <summary>What the simulated network does to messages, each kind with its rate: the part of all frames that it happens to, 0 to 1.</summary>
public sealed record NetworkFaults
{
    /// <summary>A network with latency and nothing else.</summary>
    public static NetworkFaults None { get; } = new();

    /// <summary>A frame is held up for up to <see cref="MaxDelay"/>, and with it all behind it on its connection.</summary>
    public double Delay { get; init; }

    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A frame arrives in two pieces, with time between them.</summary>
    public double Fragment { get; init; }

    /// <summary>A message between actors arrives a second time, behind all that is on its way by then.</summary>
    public double Duplicate { get; init; }

    /// <summary>One byte of a frame is changed.</summary>
    public double Corrupt { get; init; }

    /// <summary>A connection that breaks does so inside of a frame, if one is on its way: a part of its bytes arrives before the end.</summary>
    public bool CutInMessage { get; init; }

    /// <summary>What happens at the same moment happens in a drawn order, and a peer's frames overtake another's.</summary>
    public bool Interleave { get; init; }
}

/// <summary>How often the network did what <see cref="NetworkFaults"/> asks for, so that a test can tell that it happened.</summary>
public sealed class NetworkCounts
{
    public long Frames { get; internal set; }

    public long Delayed { get; internal set; }

    public long Fragmented { get; internal set; }

    public long Duplicated { get; internal set; }

    public long Corrupted { get; internal set; }

    /// <summary>Corrupted frames of which the receiver said so; what was on its way to a side that had closed counts as neither.</summary>
    public long CorruptionsDetected { get; internal set; }

    /// <summary>Corrupted frames that a receiver took for good ones.</summary>
    public long CorruptionsAccepted { get; internal set; }

    /// <summary>Connections that ended for a receiver inside of a frame.</summary>
    public long CutsInMessage { get; internal set; }

    /// <summary>Frames that arrived after one of another peer that was sent later.</summary>
    public long Overtaken { get; internal set; }
}

/// <summary>The most that ever waited at a time in one place of a simulation.</summary>
public sealed class SimulationPeaks
{
    /// <summary>Messages in one actor's mailbox.</summary>
    public int MailboxMessages { get; internal set; }

    /// <summary>Bytes of tensor elements in one actor's mailbox.</summary>
    public long MailboxBytes { get; internal set; }

    /// <summary>Frames on their way on one connection, one way.</summary>
    public int FramesOnTheirWay { get; internal set; }

    /// <summary>Bytes of those frames, about.</summary>
    public long BytesOnTheirWay { get; internal set; }
}
