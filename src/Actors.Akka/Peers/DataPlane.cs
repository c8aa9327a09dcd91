using System.Net;
using Distributed.Actors.Remoting;
using Distributed.Protocol;

namespace Distributed.Actors.Akka.Peers;

/// <summary>Connections of a <see cref="TcpHost"/> beside those of Akka.Remote, for chunks alone.</summary>
/// <remarks>A chunk goes behind a <see cref="Placed"/>, which says which message of which conversation it is: so what comes by two ways is put in one order again. Who
/// takes chunks so says it in the first message of a conversation. When a connection is lost the conversations with that node end, as they do
/// when one of Akka.Remote is.</remarks>
internal sealed class DataPlane : IAsyncDisposable
{
    /// <summary>Who takes the chunks of all conversations.</summary>
    public const string ActorName = "chunks";

    private readonly TcpHost _tcp;
    private readonly ActorRef _taker;

    private DataPlane(TcpHost tcp, ActorRef taker, string host) => (_tcp, _taker, Place) = (tcp, taker, $"{host}:{tcp.BoundEndPoint!.Port}");

    /// <summary>HOST:PORT.</summary>
    public string Place { get; }

    /// <summary>Where vectors should lie whose chunks go to nodes of this machine.</summary>
    public IVectorMemory Memory => _tcp.Memory;

    public (long Sent, long Received) Bytes => (_tcp.BytesSent, _tcp.BytesReceived);

    /// <exception cref="HostException">It cannot listen there.</exception>
    public static DataPlane Open(AkkaHostOptions options, string name, Action<Placed, TensorChunk> take)
    {
        var tcp = new TcpHost(new TcpHostOptions { Name = name, Logs = options.Logs, Tls = options.Tls, Destination = options.Chunks, SharesMemory = options.SharesMemory });
        var address = IPAddress.TryParse(options.Hostname, out var given) ? given : Dns.GetHostAddresses(options.Hostname)[0];
        tcp.ListenAsync(new IPEndPoint(address, options.DataPort)).GetAwaiter().GetResult(); // it binds, and waits for nothing
        return new DataPlane(tcp, tcp.Spawn(ActorName, () => new Taker(take), Supervision.Never), options.Hostname);
    }

    /// <summary>Dials a node's place, if that is none of its own making.</summary>
    public NodeLink? Dial(string place)
    {
        var colon = place.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(place.AsSpan(colon + 1), out var port) || port == 0) return null;
        var host = place[..colon];
        if (Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4)) return null;
        return _tcp.Connect(IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port));
    }

    /// <summary>The other end's, over a connection that is open.</summary>
    public static RemoteRef TakerAt(ActorTraffic traffic) => new(traffic, ActorName);

    /// <summary>Sends a chunk, which is released when it is out.</summary>
    public void Send(ActorTraffic traffic, Placed placed, TensorChunk chunk)
    {
        traffic.Tell(ActorName, placed, _taker);
        traffic.Tell(ActorName, chunk, _taker);
    }

    public ValueTask DisposeAsync() => _tcp.DisposeAsync();

    /// <summary>Puts each chunk together with the word before it.</summary>
    private sealed class Taker(Action<Placed, TensorChunk> take) : Actor
    {
        private readonly Dictionary<ActorRef, Placed> _next = [];

        public override void Receive(object message)
        {
            switch (message)
            {
                case Placed placed when Context.Sender is { } sender:
                    if (_next.TryAdd(sender, placed)) Context.Watch(sender);
                    else _next[sender] = placed;
                    break;
                case TensorChunk chunk when Context.Sender is { } sender && _next.TryGetValue(sender, out var placed):
                    take(placed, chunk);
                    break;
                case Terminated gone:
                    _next.Remove(gone.Actor);
                    break;
                default:
                    (message as IReleasable)?.Release();
                    break;
            }
        }
    }
}
