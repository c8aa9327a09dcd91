using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Cluster;
using Distributed.Actors.Akka.Cells;
using Distributed.Actors.Akka.Peers;
using Distributed.Actors.Cells;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;
using ActorCell = Distributed.Actors.Cells.ActorCell;

namespace Distributed.Actors.Akka;

/// <summary>Runs actors on Akka.NET: each has one of Akka.NET's actors as its address, messages between nodes go over Akka.Remote, and Akka.Cluster
/// tells who is there.</summary>
/// <remarks>
/// <code>
/// our actor in its cell ── told ──► Conversation ── Numbered, ≤ 8 MiB of chunks in flight ──► Akka.Remote ──► Shell ──► the cell there
/// </code>
/// What the seam promises beyond Akka.NET (in order or lost from some point on, and then the watcher is told; a chunk's memory is free when it is
/// released) is kept by <see cref="Conversation"/> and <see cref="Peer"/>. A ref that came with a message is bound to its conversation, as one of a
/// <see cref="TcpHost"/> is to its connection.
/// <para>When the cluster has removed this node, Akka.NET ends the actor system; its actors then count as stopped, with a <see cref="HostException"/>.</para>
/// </remarks>
public sealed class AkkaHost : IActorHost, IAsyncDisposable
{
    /// <summary>Of the actor system, the same on all nodes.</summary>
    public const string SystemName = "distributed";

    private const string PostboxName = "postbox", LeadName = "lead", Dispatcher = "distributed.dispatcher";

    private readonly ActorNode _node;
    private readonly ILogger _log;
    private readonly AkkaHostOptions _options;
    private readonly ConcurrentDictionary<ActorCell, Resident> _residents = [];
    private readonly ConcurrentDictionary<IActorRef, Resident> _shells = [];
    private readonly ConcurrentDictionary<Address, Peer> _peers = [];
    private readonly Lock _spawning = new();
    private readonly TaskCompletionSource _leads = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Resident _postbox;
    private readonly ICancelable _checks;
    private readonly HostSetup _setup;
    private long _bytesSent;
    private int _names;
    private int _isDisposed;
    private volatile IActorRef? _coordinator;

    private AkkaHost(AkkaHostOptions options)
    {
        _options = options;
        _log = options.Logs.CreateLogger("Distributed.Actors.AkkaHost");
        _node = new ActorNode(new ShellRunner(this), options.Time, options.Logs);
        _setup = new HostSetup(options.Chunks, options.Logs.CreateLogger("Akka"));
        EarlyChunks = new EarlyChunks(this);
        System = ActorSystem.Create(SystemName, ClusterSettings.ToSetup(options, _setup));
        Address = Cluster.Get(System).SelfAddress;
        try
        {
            Plane = options.TensorsOverTcp ? DataPlane.Open(options, Name, EarlyChunks.Place) : null;
        }
        catch
        {
            System.Terminate();
            throw;
        }

        _postbox = new Resident(this, cell: null);
        _postbox.Shell = System.ActorOf(Props.Create(() => new Shell(_postbox)).WithDispatcher(Dispatcher), PostboxName);
        System.ActorOf(Props.Create(() => new Listener(this)), "listener");
        _ = System.WhenTerminated.ContinueWith(_ => _node.Abandon("this node was removed from the cluster: the others could not reach it; start it anew"), TaskScheduler.Default);
        _checks = System.Scheduler.Advanced.ScheduleRepeatedlyCancelable(ClusterLimits.CheckInterval, ClusterLimits.CheckInterval, CheckPeers);
    }

    /// <summary>For who wants more of Akka.NET than the seam shows: TestKit, say.</summary>
    public ActorSystem System { get; }

    /// <summary>What other nodes know this one by.</summary>
    public Address Address { get; }

    /// <summary>HOST:PORT.</summary>
    public string Name => $"{Address.Host}:{Address.Port}";

    /// <summary>Messages that nobody handled, since the start.</summary>
    public long DeadLetters => _node.DeadLetters.Count;

    /// <summary>Completes when the cluster has made this node the one where the coordinator runs; see <see cref="OfferToLead"/>.</summary>
    public Task WhenLeads => _leads.Task;

    /// <summary>Bytes of messages sent to other nodes' actors; Akka.NET's own left out.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent) + (Plane?.Bytes.Sent ?? 0);

    /// <summary>Bytes of messages received; Akka.NET's own left out.</summary>
    public long BytesReceived => _setup.BytesReceived + (Plane?.Bytes.Received ?? 0);

    /// <summary>Where vectors should lie whose chunks go to other nodes.</summary>
    public IVectorMemory Memory => Plane?.Memory ?? OwnMemory.Instance;

    /// <summary>HOST:PORT of the oldest node that may run the coordinator; null: there is none.</summary>
    public string? Leader => Cluster.Get(System).State.Members
        .Where(member => member.HasRole(ClusterRoles.Coordinator) && member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting)
        .Aggregate((Member?)null, (oldest, member) => oldest is null || member.IsOlderThan(oldest) ? member : oldest)?.Address is { } address
            ? $"{address.Host}:{address.Port}"
            : null;

    /// <summary>Null: chunks go by Akka.Remote.</summary>
    internal DataPlane? Plane { get; }

    /// <summary>Chunks that came over connections of their own before their conversation was known.</summary>
    internal EarlyChunks EarlyChunks { get; }

    /// <summary>That of the actor that leads, if this node is the chosen one; null: none does yet.</summary>
    internal IActorRef? LeadingShell => _coordinator;

    internal IEnumerable<Peer> Peers => _peers.Values;

    internal long Timestamp => TimeProvider.System.GetTimestamp();

    /// <exception cref="HostException">It cannot or must not listen there, or the settings cannot be read; the sentence says why.</exception>
    public static AkkaHost Start(AkkaHostOptions options)
    {
        if (options.Tls is null && !(options.Hostname == "localhost" || (IPAddress.TryParse(options.Hostname, out var address) && IPAddress.IsLoopback(address))))
        {
            throw new HostException($"At {options.Hostname} other machines could connect, and anyone who reaches it could join. Give all nodes certificates "
                + "(--tls-cert, --tls-key and --tls-ca), or listen on 127.0.0.1.");
        }

        try
        {
            return new AkkaHost(options);
        }
        catch (Exception wrong) when (wrong is not (HostException or OutOfMemoryException))
        {
            throw new HostException($"Akka.NET does not start at {options.Hostname}:{options.Port}: {Innermost(wrong)}", wrong);
        }
    }

    public ActorRef Spawn(string name, Func<Actor> create, Supervision? supervision = null) => _node.Spawn(name, create, supervision, parent: null);

    public Task<Exception?> WhenStopped(ActorRef actor) => ActorNode.WhenStopped(actor);

    /// <summary>Asks an actor of this host to stop after the message it is handling.</summary>
    public void Stop(ActorRef actor) => ActorNode.Stop(actor);

    /// <summary>The actor of this node that has this name now; null if none has.</summary>
    public ActorRef? Find(string name) => _node.Find(name)?.Ref;

    /// <summary>One of Akka.NET's actors as actors of ours see it.</summary>
    public ActorRef RefTo(IActorRef actor) => new AkkaRef(this, actor);

    /// <summary>The actor that others of Akka.NET's send to, to reach one of this node's.</summary>
    public IActorRef ShellOf(ActorRef actor) => ResidentOf(actor).Shell;

    /// <summary>An actor of another node by its name there.</summary>
    /// <exception cref="HostException">There is none, or the node does not answer.</exception>
    public async Task<ActorRef> FindAsync(Address node, string actor)
    {
        ActorName.Check(actor);
        try
        {
            return RefTo(await System.ActorSelection(new RootActorPath(node) / "user" / Escape(actor)).ResolveOne(ClusterLimits.AskTimeout).ConfigureAwait(false));
        }
        catch (ActorNotFoundException missing)
        {
            throw new HostException($"There is no actor {actor} at {node}.", missing);
        }
        catch (global::Akka.Remote.RemoteTransportException wrong)
        {
            throw new HostException($"{node} cannot be talked with from {Address}: {wrong.Message}", wrong);
        }
    }

    /// <summary>Joins the cluster of the first of these nodes that answers; with this node alone among them, or none, it begins one.</summary>
    /// <param name="seeds">Host and port of nodes that others join by.</param>
    /// <exception cref="HostException">No node let this one in within the time.</exception>
    public async Task JoinAsync(IReadOnlyList<(string Host, int Port)> seeds, TimeSpan patience, CancellationToken cancel = default)
    {
        var cluster = Cluster.Get(System);
        Address[] addresses = [.. seeds.Select(seed => Address.WithHost(seed.Host).WithPort(seed.Port))];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(patience);
        try
        {
            await (addresses is [] or [_] && (addresses is [] || addresses[0].Equals(Address))
                ? cluster.JoinAsync(Address, limit.Token)
                : cluster.JoinSeedNodesAsync(addresses, limit.Token)).ConfigureAwait(false);
        }
        catch (Exception late) when (late is OperationCanceledException or ClusterJoinFailedException)
        {
            cancel.ThrowIfCancellationRequested();
            throw new HostException(string.Create(CultureInfo.InvariantCulture,
                $"no node of a cluster answers at {string.Join(" or ", seeds.Select(seed => $"{seed.Host}:{seed.Port}"))}; looked for {patience.TotalSeconds:0} s"), late);
        }
    }

    /// <summary>Has the cluster choose this node, or another with the role "coordinator", to run the coordinator: the oldest one; see <see cref="WhenLeads"/>.</summary>
    public void OfferToLead() => System.ActorOf(
        global::Akka.Cluster.Tools.Singleton.ClusterSingletonManager.Props(
            Props.Create(() => new Lead(this)),
            global::Akka.Cluster.Tools.Singleton.ClusterSingletonManagerSettings.Create(System).WithRole(ClusterRoles.Coordinator)),
        LeadName);

    /// <summary>What comes for the coordinator of the cluster goes to this actor from now on, while this node runs it.</summary>
    public void LeadWith(ActorRef coordinator) => _coordinator = ResidentOf(coordinator).Shell;

    /// <summary>Whichever node runs the coordinator: what is told is brought there, once it is known.</summary>
    public ActorRef Coordinator() => RefTo(System.ActorOf(
        global::Akka.Cluster.Tools.Singleton.ClusterSingletonProxy.Props(
            $"/user/{LeadName}", global::Akka.Cluster.Tools.Singleton.ClusterSingletonProxySettings.Create(System).WithRole(ClusterRoles.Coordinator)),
        Escape($"{ClusterRoles.Coordinator}/of-the-cluster")));

    /// <summary>Stops the actors, lets what they told last go out, leaves the cluster and ends; each in bounded time.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _node.CloseAsync(_log).ConfigureAwait(false);
        try
        {
            await Task.WhenAll(_peers.Values.Select(peer => peer.WhenFlushed())).WaitAsync(HostLimits.GoodbyeWait).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _log.LogInformation("{Node} is closing, and not all that it has told was taken in time", Name);
        }

        _checks.Cancel();
        if (Plane is { } plane) await plane.DisposeAsync().ConfigureAwait(false);
        try
        {
            await CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(ClusterLimits.LeaveTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _log.LogWarning("{Node} has not left the cluster in {Seconds} s; it ends without", Name, ClusterLimits.LeaveTimeout.TotalSeconds);
            await System.Terminate().ConfigureAwait(false);
        }
    }

    /// <summary>Whether an address of a reference is this node.</summary>
    internal bool IsHere(Address address) => address.HasLocalScope || address.Equals(Address);

    internal static bool IsPostbox(IActorRef actor) => actor.Path.Name == PostboxName;

    /// <summary>As our refs show it: NAME@HOST:PORT, or NAME on this node.</summary>
    internal static string NameOf(IActorRef actor)
    {
        var name = actor.Path.Name;
        var end = name.IndexOf('~', StringComparison.Ordinal);
        name = (end < 0 ? name : name[..end]).Replace('_', '/');
        return actor.Path.Address.HasLocalScope ? name : $"{name}@{actor.Path.Address.Host}:{actor.Path.Address.Port}";
    }

    internal void OnLeads() => _leads.TrySetResult();

    internal void CountSent(long bytes) => Interlocked.Add(ref _bytesSent, bytes);

    internal ulong DrawId() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    internal TimeSpan Elapsed(long since) => TimeProvider.System.GetElapsedTime(since);

    internal Peer PeerAt(Address address) => _peers.GetOrAdd(address, key => new Peer(this, key, _log));

    internal void Drop(string path, object message, string why) => _node.DeadLetters.Drop(path, message, why);

    internal Resident ResidentOf(ActorRef? actor) => actor is LocalRef local && local.Cell.Node == _node ? ResidentOf(local.Cell) : _postbox;

    internal Resident ResidentOf(ActorCell cell)
    {
        if (_residents.TryGetValue(cell, out var known)) return known;
        lock (_spawning)
        {
            if (_residents.TryGetValue(cell, out known)) return known;
            var resident = new Resident(this, cell);
            resident.Shell = CreateShell(cell.Name, resident);
            _shells[resident.Shell] = resident;
            _residents[cell] = resident;
            cell.AddWatcher(resident);
            return resident;
        }
    }

    /// <summary>Who sent a message that was not part of a conversation, as an actor here sees it.</summary>
    internal ActorRef RefFor(Resident resident, IActorRef sender) =>
        _shells.TryGetValue(sender, out var local) ? local.Cell!.Ref
        : IsHere(sender.Path.Address) ? new AkkaRef(this, sender)
        : PeerAt(sender.Path.Address).Between(resident, sender);

    /// <summary>An actor here has stopped; its shell ends when all who talk with it elsewhere have been told.</summary>
    internal void Farewell(Resident resident, string reason)
    {
        _residents.TryRemove(resident.Cell!, out _);
        var peers = _peers.Values.ToArray();
        var left = peers.Length + 1;
        foreach (var peer in peers) peer.Farewell(resident, reason, Done);
        Done();

        void Done()
        {
            if (Interlocked.Decrement(ref left) > 0) return;
            _shells.TryRemove(resident.Shell, out _);
            resident.Shell.Tell(PoisonPill.Instance, ActorRefs.NoSender);
        }
    }

    private IActorRef CreateShell(string name, Resident resident)
    {
        var props = Props.Create(() => new Shell(resident)).WithDispatcher(Dispatcher);
        var escaped = Escape(name);
        try
        {
            return System.ActorOf(props, escaped);
        }
        catch (InvalidActorNameException)
        {
            // The shell of the last one of that name has not ended yet.
            return System.ActorOf(props, string.Create(CultureInfo.InvariantCulture, $"{escaped}~{Interlocked.Increment(ref _names)}"));
        }
    }

    private static string Escape(string name) => name.Replace('/', '_');

    private void CheckPeers()
    {
        EarlyChunks.Expire(_options.TakenTimeout);
        foreach (var peer in _peers.Values) peer.CheckTaken(_options.TakenTimeout);
    }

    private static string Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception.Message;
}
