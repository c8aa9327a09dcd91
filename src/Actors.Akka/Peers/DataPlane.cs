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
    /// <summary>What the chunks of all conversations are addressed to.</summary>
    private const string IntakeName = "chunks";

    private readonly TcpHost _tcp;

    private DataPlane(TcpHost tcp, string host) => (_tcp, Place) = (tcp, $"{host}:{tcp.BoundEndPoint!.Port}");

    /// <summary>HOST:PORT.</summary>
    public string Place { get; }

    /// <summary>Where vectors should lie whose chunks go to nodes of this machine.</summary>
    public IVectorMemory Memory => _tcp.Memory;

    public (long Sent, long Received) Bytes => (_tcp.BytesSent, _tcp.BytesReceived);

    /// <exception cref="HostException">It cannot listen there.</exception>
    /// <param name="take">Takes a chunk on the thread that reads its connection; more is read when the task that it gives is done.</param>
    public static DataPlane Open(AkkaHostOptions options, string name, Func<Placed, TensorChunk, Task?> take)
    {
        var tcp = new TcpHost(new TcpHostOptions
        {
            Name = name,
            Logs = options.Logs,
            Tls = options.Tls,
            Destination = options.Chunks,
            SharesMemory = options.SharesMemory,
            Intake = new Intake(IntakeName, () => new PlacedChunks(take).Take),
        });
        var address = IPAddress.TryParse(options.Hostname, out var given) ? given : Dns.GetHostAddresses(options.Hostname)[0];
        tcp.ListenAsync(new IPEndPoint(address, options.DataPort)).GetAwaiter().GetResult(); // it binds, and waits for nothing
        return new DataPlane(tcp, options.Hostname);
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
    public static RemoteRef TakerAt(ActorTraffic traffic) => new(traffic, IntakeName);

    /// <summary>Sends a chunk, which is released when it is out.</summary>
    public static void Send(ActorTraffic traffic, Placed placed, TensorChunk chunk)
    {
        traffic.Tell(IntakeName, placed, sender: null);
        traffic.Tell(IntakeName, chunk, sender: null);
    }

    public ValueTask DisposeAsync() => _tcp.DisposeAsync();

    /// <summary>Puts each chunk together with the word before it.</summary>
    private sealed class PlacedChunks(Func<Placed, TensorChunk, Task?> take)
    {
        private Placed? _next;

        public Task? Take(object body)
        {
            switch (body)
            {
                case Placed placed:
                    _next = placed;
                    return null;
                case TensorChunk chunk when _next is { } placed:
                    _next = null;
                    return take(placed, chunk);
                default:
                    (body as IReleasable)?.Release();
                    throw new ProtocolException($"A {body.GetType().Name} came among chunks, whose places are told before them.");
            }
        }
    }
}
