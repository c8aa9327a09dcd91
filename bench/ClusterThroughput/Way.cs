using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Distributed.Actors;
using Distributed.Actors.Akka;

namespace Distributed.ClusterThroughput;

/// <summary>A way for chunks between two processes.</summary>
internal abstract class Way
{
    public static Way Of(string name, string? settings) => name switch
    {
        "socket" => new BareSocket(),
        "tcp" => new OverTcp(),
        "akka" => new OverAkka(settings, overTcp: false),
        "plane" => new OverAkka(settings, overTcp: true),
        _ => throw new ArgumentException($"there is no way \"{name}\": socket, tcp, akka, plane"),
    };

    /// <summary>Takes chunks until standard input ends; writes first where.</summary>
    public abstract Task ServeAsync();

    /// <returns>MB/s.</returns>
    public abstract Task<double> MeasureAsync(string place, int elements, long bytes);

    /// <summary>Sends for a while first: code is compiled, buffers have grown.</summary>
    protected static async Task<double> MeasureAsync(Func<Source, Source> spawn, int elements, long bytes)
    {
        var chunkBytes = sizeof(float) * (long)elements;
        await spawn(new Source(elements, Math.Max(1, bytes / chunkBytes))).Done.ConfigureAwait(false);
        var count = Math.Max(1, bytes / chunkBytes);
        var watch = Stopwatch.StartNew();
        await spawn(new Source(elements, count)).Done.ConfigureAwait(false);
        return count * chunkBytes / watch.Elapsed.TotalSeconds / 1e6;
    }

    private static void Tell(string place)
    {
        Console.Out.WriteLine(place);
        Console.In.ReadToEnd();
    }

    private sealed class OverTcp : Way
    {
        private static TcpHostOptions Options => new() { SharesMemory = false };

        public override async Task ServeAsync()
        {
            await using var host = new TcpHost(Options);
            await host.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0));
            host.Spawn("sink", () => new Sink());
            Tell(host.BoundEndPoint!.ToString());
        }

        public override async Task<double> MeasureAsync(string place, int elements, long bytes)
        {
            await using var host = new TcpHost(Options);
            var endPoint = IPEndPoint.Parse(place);
            await host.Connect(endPoint).WhenConnected;
            var names = 0;
            return await MeasureAsync(source =>
            {
                source.Target = host.Remote(endPoint, "sink");
                host.Spawn(string.Create(CultureInfo.InvariantCulture, $"source{names++}"), () => source, Supervision.Never);
                return source;
            }, elements, bytes);
        }
    }

    private sealed class OverAkka(string? settings, bool overTcp) : Way
    {
        private AkkaHostOptions Options => new() { Settings = settings is null ? null : File.ReadAllText(settings), TensorsOverTcp = overTcp, SharesMemory = false };

        public override async Task ServeAsync()
        {
            await using var host = AkkaHost.Start(Options);
            host.Spawn("sink", () => new Sink());
            Tell(host.Name);
        }

        public override async Task<double> MeasureAsync(string place, int elements, long bytes)
        {
            await using var host = AkkaHost.Start(Options);
            var endPoint = IPEndPoint.Parse(place);
            var sink = await host.FindAsync(host.Address.WithHost(endPoint.Address.ToString()).WithPort(endPoint.Port), "sink");
            var names = 0;
            return await MeasureAsync(source =>
            {
                source.Target = sink;
                host.Spawn(string.Create(CultureInfo.InvariantCulture, $"source{names++}"), () => source, Supervision.Never);
                return source;
            }, elements, bytes);
        }
    }

    /// <summary>What the machine gives: bytes of a chunk written from one buffer, read into another, and one byte back at the end.</summary>
    private sealed class BareSocket : Way
    {
        public override async Task ServeAsync()
        {
            using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            var serving = Task.Run(async () =>
            {
                while (true)
                {
                    using var socket = await listener.AcceptAsync();
                    await using var stream = new NetworkStream(socket);
                    var head = new byte[sizeof(long)];
                    while (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false) == head.Length)
                    {
                        var left = BitConverter.ToInt64(head);
                        var buffer = new byte[1 << 20];
                        while (left > 0) left -= await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
                        await stream.WriteAsync(new byte[1]);
                    }
                }
            });
            Tell(listener.LocalEndPoint!.ToString()!);
        }

        public override async Task<double> MeasureAsync(string place, int elements, long bytes)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPEndPoint.Parse(place));
            await using var stream = new NetworkStream(socket);
            var chunk = new byte[sizeof(float) * elements];
            await Send(Math.Max(1, bytes / chunk.Length));
            var watch = Stopwatch.StartNew();
            var count = Math.Max(1, bytes / chunk.Length);
            await Send(count);
            return count * chunk.Length / watch.Elapsed.TotalSeconds / 1e6;

            async Task Send(long chunks)
            {
                await stream.WriteAsync(BitConverter.GetBytes(chunks * chunk.Length));
                for (var i = 0L; i < chunks; i++) await stream.WriteAsync(chunk);
                await stream.ReadExactlyAsync(new byte[1]);
            }
        }
    }
}
