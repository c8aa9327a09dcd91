namespace Distributed.Actors;

/// <summary>Every bound, interval and wait of the hosts, with its unit.</summary>
public static class HostLimits
{
    /// <summary>Messages an actor handles before others get their turn on the thread.</summary>
    public const int MessagesPerTurn = 64;

    /// <summary>Messages waiting for an actor from which on no more are read for it from the network.</summary>
    public const int MailboxHighWaterMessages = 8192;

    /// <summary>Messages waiting at which reading goes on.</summary>
    public const int MailboxLowWaterMessages = 2048;

    /// <summary>Bytes of chunks waiting for an actor from which on no more are read for it from the network.</summary>
    public const long MailboxHighWaterBytes = 128L << 20;

    /// <summary>Bytes of chunks waiting at which reading goes on.</summary>
    public const long MailboxLowWaterBytes = 32L << 20;

    /// <summary>How long a host that is disposed waits for its actors and their work to end.</summary>
    public static readonly TimeSpan DisposeWait = TimeSpan.FromSeconds(5);
}
