using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Distributed.EndToEnd.Tests.Driving;
using Distributed.Protocol;
using Google.Protobuf;

namespace Distributed.EndToEnd.Tests;

/// <summary>Peers that must not take part, and what must not disturb a run.</summary>
public sealed class WrongPeersTests
{
    private const uint OtherVersion = ProtocolVersion.Current + 1;

    [Fact]
    public async Task Garbage_on_the_port_changes_nothing()
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator("coordinator", folder.Write("job.yaml", TestJobs.Tiny), "--listen", "127.0.0.1:0", "--workers", "1");
        var endPoint = await AddressAsync(run);
        var random = new byte[4096];
        new Random(20251).NextBytes(random);
        byte[][] garbage =
        [
            random,
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(),
            [0xff, 0xff, 0xff, 0xff, 0x7f],
            [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            [12, 1, 2, 3],
        ];
        foreach (var bytes in garbage)
        {
            using var stranger = await DialAsync(endPoint);
            var stream = stranger.GetStream();
            await stream.WriteAsync(bytes);
            stranger.Client.Shutdown(SocketShutdown.Send);
            await DrainAsync(stream);
        }

        using var worker = Tool.Worker("--coordinator", endPoint.ToString());
        await run.ExitAsync(0);

        Assert.Equal(Answer.Of(TestJobs.Tiny), run.Fingerprint);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_of_another_protocol_version_is_turned_away_with_a_sentence()
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator("coordinator", folder.Write("job.yaml", TestJobs.Tiny), "--listen", "127.0.0.1:0", "--workers", "1");
        var endPoint = await AddressAsync(run);
        using (var stranger = await DialAsync(endPoint))
        {
            Send(stranger, Hello(OtherVersion));

            var goodbye = Receive(stranger, frame => frame.BodyCase == Frame.BodyOneofCase.Goodbye).Goodbye;

            Assert.True(goodbye.Refused);
            Assert.Contains($"{OtherVersion}", goodbye.Reason, StringComparison.Ordinal);
        }

        await FinishAsync(run, endPoint);
    }

    [Fact]
    public async Task A_worker_of_another_protocol_version_is_refused_with_a_sentence()
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator("coordinator", folder.Write("job.yaml", TestJobs.Tiny), "--listen", "127.0.0.1:0", "--workers", "1");
        var endPoint = await AddressAsync(run);
        using (var stranger = await DialAsync(endPoint))
        {
            Send(stranger, Hello(ProtocolVersion.Current));
            // The coordinator may still be loading: a worker asks until it is answered.
            var reason = "";
            await Patience.UntilAsync(() =>
            {
                Send(stranger, new Join { Protocol = OtherVersion, Name = "stranger/1", Threads = 1 }, "coordinator", "worker");
                var answer = Receive(stranger, frame => frame.BodyCase is Frame.BodyOneofCase.Refused or Frame.BodyOneofCase.Heartbeat);
                reason = answer.Refused?.Reason ?? "";
                return reason.Length > 0;
            }, "a refusal");

            Assert.Contains($"speaks protocol version {OtherVersion}", reason, StringComparison.Ordinal);
        }

        await run.LineAsync("^refused: worker stranger/1 speaks protocol version");
        await FinishAsync(run, endPoint);
    }

    [Fact]
    public async Task A_worker_with_other_data_is_refused_and_the_run_goes_on()
    {
        using var folder = new Folder();
        ImageFiles.Write(folder["images"]);
        ImageFiles.Write(folder["other"], (name, bytes) => name == ImageFiles.TrainImages ? [.. bytes[..^1], (byte)(bytes[^1] ^ 1)] : bytes);
        using var run = Tool.Coordinator("coordinator", folder.Write("job.yaml", TestJobs.Images), "--listen", "127.0.0.1:0", "--workers", "1", "--ship", "never");
        var endPoint = await AddressAsync(run);

        using var wrong = await Tool.Worker("--coordinator", endPoint.ToString(), "--data", folder["other"]).ExitAsync(2);
        using var missing = await Tool.Worker("--coordinator", endPoint.ToString(), "--data", folder.Path).ExitAsync(2);
        using var right = Tool.Worker("--coordinator", endPoint.ToString(), "--data", folder["images"]);
        await run.ExitAsync(0);

        Assert.Contains("has other data", wrong.Errors, StringComparison.Ordinal);
        Assert.Contains(ImageFiles.TrainImages, missing.Errors, StringComparison.Ordinal);
        await run.LineAsync("^refused: .* has other data");
        Assert.Equal(Answer.Of(TestJobs.Images, folder.Path), run.Fingerprint);
        await right.ExitAsync(0);
    }

    private static async Task FinishAsync(Tool run, IPEndPoint endPoint)
    {
        using var worker = Tool.Worker("--coordinator", endPoint.ToString());
        await run.ExitAsync(0);
        Assert.Equal(Answer.Of(TestJobs.Tiny), run.Fingerprint);
    }

    private static async Task<IPEndPoint> AddressAsync(Tool run) =>
        IPEndPoint.Parse((await run.LineAsync(@"^listening on (\S+);")).Groups[1].Value);

    private static async Task<TcpClient> DialAsync(IPEndPoint endPoint)
    {
        var client = new TcpClient { ReceiveTimeout = (int)Patience.Limit.TotalMilliseconds };
        await client.ConnectAsync(endPoint);
        return client;
    }

    /// <summary>Reads until the other side closes.</summary>
    private static async Task DrainAsync(NetworkStream stream)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        var ignored = new byte[4096];
        try
        {
            while (await stream.ReadAsync(ignored, limit.Token) > 0)
            {
            }
        }
        catch (Exception reset) when (reset is IOException or SocketException)
        {
            // A reset closes it just as well.
        }
    }

    private static Hello Hello(uint version) => new()
    {
        Protocol = version,
        Node = ByteString.CopyFrom([.. Enumerable.Range(0, 16).Select(i => (byte)i)]),
        Name = "stranger/1",
        Nonce = ByteString.CopyFrom(new byte[32]),
    };

    private static void Send(TcpClient client, IMessage body, string to = "", string from = "")
    {
        var bytes = new ArrayBufferWriter<byte>();
        FrameEncoder.Write(bytes, to, from, body);
        client.GetStream().Write(bytes.WrittenSpan);
    }

    private static Frame Receive(TcpClient client, Func<Frame, bool> wanted)
    {
        while (true)
        {
            var frame = Frame.Parser.ParseDelimitedFrom(client.GetStream());
            if (wanted(frame)) return frame;
        }
    }
}
