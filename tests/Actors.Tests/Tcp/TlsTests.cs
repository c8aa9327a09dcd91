using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace Distributed.Actors.Tests.Tcp;

/// <summary>Connections with certificates of both sides, and peers without the right ones.</summary>
public sealed class TlsTests(ITestOutputHelper output)
{
    private static readonly TestAuthority Authority = new();
    private static readonly TestAuthority Foreign = new("another authority");

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("localhost", false)]
    [InlineData("localhost", true)]
    public async Task Nodes_of_one_authority_talk_and_large_chunks_arrive_whole(string host, bool sharesMemory)
    {
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Tls = Authority.Credentials(), SharesMemory = sharesMemory });
        await using var near = new TcpHost(new TcpHostOptions { Name = "near/2", Tls = Authority.Credentials(), SharesMemory = sharesMemory });
        var received = new TaskCompletionSource<float[]>();
        far.Spawn("sink", () => new ScriptedActor((_, message) => received.SetResult(((TensorChunk)message).Data.ToArray())));
        EndPoint endPoint = host == "localhost" ? new DnsEndPoint(host, far.BoundEndPoint!.Port) : far.BoundEndPoint!;
        await near.Connect(endPoint).WhenConnected.WaitAsync(Wait.Bound);
        float[] data = [.. Enumerable.Range(0, FrameLimits.MaxChunkElements).Select(i => i * 0.5f)];
        near.Remote(endPoint, "sink").Tell(TcpNodes.Chunk(0, data));
        Assert.Equal(data, await received.Task.WaitAsync(Wait.Bound));
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "the listening side is of another authority", "is not signed by the authority" },
        { "the dialling side is of another authority", "is not signed by the authority" },
        { "the listening side has expired", "is valid from" },
        { "the dialling side has expired", "is valid from" },
        { "the listening side has another name", "does not name 127.0.0.1" },
        { "the listening side has the address as a name only", "does not name 127.0.0.1" },
        { "the listening side is a client", "is not meant for this use" },
        { "the dialling side is a server", "is not meant for this use" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_wrong_certificate_is_told_on_both_sides_and_the_dialling_one_gives_up(string how, string words)
    {
        var wrong = how switch
        {
            _ when how.EndsWith("another authority", StringComparison.Ordinal) => Foreign.Issue(),
            _ when how.EndsWith("expired", StringComparison.Ordinal) => Authority.Issue(ends: -1),
            _ when how.EndsWith("another name", StringComparison.Ordinal) => Authority.Issue(["elsewhere"], [IPAddress.Parse("10.1.2.3")]),
            _ when how.EndsWith("name only", StringComparison.Ordinal) => Authority.Issue(["127.0.0.1"], []),
            _ when how.EndsWith("client", StringComparison.Ordinal) => Authority.Issue(uses: [TestAuthority.ClientUse]),
            _ => Authority.Issue(uses: [TestAuthority.ServerUse]),
        };
        var listening = how.StartsWith("the listening", StringComparison.Ordinal);
        var (farLogs, nearLogs) = (new CapturingLogs(), new CapturingLogs());
        await using var far = await TcpNodes.ListeningAsync(
            new TcpHostOptions { Name = "far/1", Logs = farLogs, Tls = Authority.Credentials(listening ? wrong : null) });
        await using var near = new TcpHost(
            new TcpHostOptions { Name = "near/2", Logs = nearLogs, Tls = Authority.Credentials(listening ? null : wrong) });
        var link = near.Connect(far.BoundEndPoint!);
        var refusal = await link.WhenRefused.WaitAsync(Wait.Bound);
        await Wait.Until(() => farLogs.At(LogLevel.Warning).Count > 0, "the listening side has told it too");
        output.WriteLine($"dialling: {refusal}\nlistening: {farLogs.At(LogLevel.Warning)[0]}");
        Assert.Contains(words, refusal, StringComparison.Ordinal);
        Assert.Contains(words, farLogs.At(LogLevel.Warning)[0], StringComparison.Ordinal);
        Assert.False(link.WhenConnected.IsCompleted);
        Assert.Empty(farLogs.At(LogLevel.Error));
    }

    [Fact]
    public async Task Whoever_speaks_no_TLS_or_an_old_one_or_shows_no_certificate_gets_no_Hello()
    {
        var logs = new CapturingLogs();
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Logs = logs, Tls = Authority.Credentials() });
        using (var plain = await RawPeer.ConnectAsync(far.BoundEndPoint!))
        {
            await plain.SayHelloAsync();
            try
            {
                Assert.Null(await plain.ReadAsync());
            }
            catch (ProtocolException alert)
            {
                output.WriteLine(alert.Message);
            }
        }

        await Wait.Until(() => logs.At(LogLevel.Warning).Count == 1, "it is told");
        output.WriteLine(logs.At(LogLevel.Warning)[0]);
        Assert.Contains("does not speak TLS", logs.At(LogLevel.Warning)[0], StringComparison.Ordinal);
        await NoHelloAsync(far, new SslClientAuthenticationOptions());
        await NoHelloAsync(far, new SslClientAuthenticationOptions { EnabledSslProtocols = OldTls, ClientCertificates = [Authority.Issue()] });
        await Wait.Until(() => far.Connections.Count == 0, "all are gone");
        Assert.Empty(logs.At(LogLevel.Error));
    }

    [Fact]
    public async Task A_node_that_dials_with_TLS_gets_a_sentence_from_one_that_listens_without()
    {
        await using var far = await TcpNodes.ListeningAsync();
        await using var near = new TcpHost(new TcpHostOptions { Name = "near/2", Tls = Authority.Credentials() });
        var refusal = await near.Connect(far.BoundEndPoint!).WhenRefused.WaitAsync(Wait.Bound);
        output.WriteLine(refusal);
        Assert.Contains("does not speak TLS", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_stops_in_the_middle_of_the_TLS_handshake_is_dropped()
    {
        var time = new ManualTime();
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Time = time, Tls = Authority.Credentials() });
        using var stranger = await RawPeer.ConnectAsync(far.BoundEndPoint!);
        await stranger.SendAsync([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]);
        await Wait.Until(() => far.Connections.Count == 1, "it is there");
        time.Advance(HostLimits.HandshakeTimeout);
        Assert.Null(await stranger.ReadAsync());
        await Wait.Until(() => far.Connections.Count == 0, "it is gone");
    }

#pragma warning disable CA5397, SYSLIB0039 // Old versions are what is tried.
    private const SslProtocols OldTls = SslProtocols.Tls11;
#pragma warning restore CA5397, SYSLIB0039

    private static async Task NoHelloAsync(TcpHost far, SslClientAuthenticationOptions options)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(far.BoundEndPoint!);
        await using var stream = new SslStream(client.GetStream());
        options.TargetHost = "127.0.0.1";
        options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        try
        {
            await stream.AuthenticateAsClientAsync(options);
            var bytes = new byte[4096];
            var count = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false).AsTask().WaitAsync(Wait.Bound);
            var input = new ReadOnlySequence<byte>(bytes, 0, count);
            using var decoder = new FrameDecoder(_ => new ChunkPool());
            Assert.True(decoder.TryRead(ref input, out var only));
            Assert.Contains("shows no certificate", Assert.IsType<Goodbye>(only.Body).Reason, StringComparison.Ordinal);
            Assert.Equal(0, input.Length);
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            // As it should be: TLS itself says no.
        }
    }
}
