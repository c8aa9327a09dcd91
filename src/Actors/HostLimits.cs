namespace Distributed.Actors;

/// <summary>Every bound, interval and wait of the hosts, with its unit.</summary>
public static class HostLimits
{
    /// <summary>A thread that has computed looks out for more before it sleeps, and lets others have its processor meanwhile.</summary>
    public static readonly TimeSpan AwakeAfterWork = TimeSpan.FromMilliseconds(2);

    /// <summary>A thread of the pool that has run a turn which work called for looks out for the next before it goes back, where processors are free: parts
    /// of a sum come that soon after each other.</summary>
    public static readonly TimeSpan AwakeAfterTurn = TimeSpan.FromMicroseconds(150);

    /// <summary>Spins of some 10 to 40 ns between two looks.</summary>
    public const int SpinsBetweenLooks = 16;

    /// <summary>A bell's thread looks at its rings this often though nobody has rung: only against peers that lie.</summary>
    public static readonly TimeSpan BellSleep = TimeSpan.FromMilliseconds(500);

    /// <summary>Sleeps of a bell's thread before it moves on to another processor, where each processor has one peer that computes.</summary>
    public const int SleepsOnAProcessor = 10;

    /// <summary>Turns of other actors that a thread of work runs after one of its own, before the pool has to.</summary>
    public const int TurnsAfterTurn = 8;

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

    /// <summary>A heartbeat goes out this often on every connection.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>A peer of which no byte came for this long is lost.</summary>
    public static readonly TimeSpan HeartbeatTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A connection that took none of our bytes for this long, although some wait, is lost.</summary>
    public static readonly TimeSpan WriteStallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The handshake must be done this long after the connection is made.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>An attempt to connect is given up after this.</summary>
    public static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Wait before the second attempt to connect; doubled from attempt to attempt.</summary>
    public static readonly TimeSpan FirstRedialDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Wait between attempts to connect at most, before jitter.</summary>
    public static readonly TimeSpan MaxRedialDelay = TimeSpan.FromSeconds(5);

    /// <summary>A redial delay is changed by up to this part of it, either way.</summary>
    public const double RedialJitter = 0.25;

    /// <summary>After our Goodbye the peer has this long to take what is on its way and close.</summary>
    public static readonly TimeSpan GoodbyeWait = TimeSpan.FromSeconds(2);

    /// <summary>Bytes of messages waiting to be sent on one connection; beyond, the connection is dropped.</summary>
    public const long OutboundQueueBytes = 1L << 30;

    /// <summary>Bytes of a connection's buffer for frames that go out together.</summary>
    public const int SendBytes = 16 * 1024;

    /// <summary>Bytes of a chunk given to the socket at a time: when they are taken, the peer has shown that it takes something.</summary>
    public const int SendPieceBytes = 256 * 1024;

    /// <summary>Bytes of a connection's buffer for what comes; more than these of one chunk are read straight into the chunk.</summary>
    public const int ReceiveBytes = 16 * 1024;

    /// <summary>Chunks that are lent with one wake-up of the peer, unless a message or the end of the turn comes before: a MiB of the usual ones.</summary>
    public const int LentTogether = 4;

    /// <summary>The same of chunks that are of no use to the peer before a later message has come.</summary>
    public const int LentAhead = 16;

    /// <summary>Elements of a vector up to which chunks of partial sums are of no use either, in that sense, to a peer that would rather be woken seldom (<see
    /// cref="Sharing.PeerBell.IsPatient"/>): what it does with them then takes less than being woken in between. 4 MiB.</summary>
    public const int PatientElements = 1 << 20;

    /// <summary>Connections that wait for being accepted; the system turns away more.</summary>
    public const int ListenBacklog = 512;

    /// <summary>Before the next try after a connection could not be accepted: too many files are open, say.</summary>
    public static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Connections accepted at a time.</summary>
    public const int MaxInboundConnections = 1024;

    /// <summary>Accepted connections at a time whose handshake isn't done yet.</summary>
    public const int MaxUnfinishedHandshakes = 64;

    /// <summary>Refs of a connection's actors that are kept to be used again.</summary>
    public const int MaxKeptRefs = 256;

    /// <summary>A warning that a peer can cause at will is logged at most this often.</summary>
    public static readonly TimeSpan WarningInterval = TimeSpan.FromSeconds(5);
}
