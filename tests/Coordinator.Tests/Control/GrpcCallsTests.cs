using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Distributed.Actors;
using Distributed.Coordinator.Control;
using Distributed.Coordinator.Web;
using Distributed.Protocol.Control;
using Distributed.Worker.Cli;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Coordinator.Tests.Control;

/// <summary>gRPC's framing, byte by byte, over a real connection. What a client from elsewhere makes of it is tested end to end.</summary>
public sealed class GrpcCallsTests : IAsyncLifetime
{
    private const string Echo = "/test/Echo", Never = "/test/Never", Fails = "/test/Fails", Refuses = "/test/Refuses", Counts = "/test/Counts";

    private static readonly HostPort Anywhere = new("127.0.0.1", 0);

    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private WebServer _server = null!;

    public static TheoryData<string, byte[], int, string> Wrong => new()
    {
        { "nothing", [], 13, "no whole message" },
        { "a part of a prefix", [0, 0, 0], 13, "no whole message" },
        { "a part of a message", [0, 0, 0, 0, 5, 13, 0, 0], 13, "3 bytes, 5 were announced" },
        { "two messages", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 12, "one message" },
        { "a compressed message", [1, 0, 0, 0, 0], 12, "compressed" },
        { "an unknown flag", [2, 0, 0, 0, 0], 13, "not 2" },
        { "a message that would be too long", [0, 0, 1, 0, 1], 8, "65536 bytes at most, this one announces 65537" },
        { "the longest that can be announced", [0, 255, 255, 255, 255], 8, "4294967295" },
        { "no protobuf", [0, 0, 0, 0, 2, 13, 0], 13, "is no SetLearningRateRequest" },
    };

    public async Task InitializeAsync() => _server = await StartAsync(Security.None);

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_call_is_answered_with_a_message_and_the_status_in_the_trailers()
    {
        using var response = await SendAsync(Echo, Message(new SetLearningRateRequest { Rate = 0.5f }));

        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(Message(new SetLearningRateRequest { Rate = 0.5f }), await response.Content.ReadAsByteArrayAsync());
        Assert.Equal((0, ""), Status(response));
    }

    [Theory]
    [InlineData("application/grpc", 200)]
    [InlineData("application/grpc+proto", 200)]
    [InlineData("Application/GRPC; charset=utf-8", 200)]
    [InlineData("application/grpc+json", 415)]
    [InlineData("application/grpc-web", 415)]
    [InlineData("application/json", 415)]
    public async Task Only_protobuf_is_spoken(string contentType, int status)
    {
        using var response = await SendAsync(Echo, Message(new SetLearningRateRequest()), request => request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType));
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Other_methods_of_http_are_refused()
    {
        using var response = await SendAsync(Echo, [], request => (request.Method, request.Content) = (HttpMethod.Get, null));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        using var old = await SendAsync(Echo, [], request => request.Version = HttpVersion.Version11);
        Assert.Equal(HttpStatusCode.BadRequest, old.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_request_that_is_not_one_message_is_refused(string what, byte[] request, int status, string reason)
    {
        using var response = await SendAsync(Echo, request);
        await response.Content.ReadAsByteArrayAsync();

        var (came, message) = Status(response);
        Assert.True(status == came, $"{what}: {came} {message}");
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_method_is_not_implemented()
    {
        using var response = await SendAsync("/test/Nothing", Message(new SetLearningRateRequest()));
        await response.Content.ReadAsByteArrayAsync();
        Assert.Equal((12, "there is no method /test/Nothing"), Status(response));
    }

    [Fact]
    public async Task A_sentence_comes_through_as_it_is()
    {
        using var response = await SendAsync(Refuses, Message(new SetLearningRateRequest()));
        await response.Content.ReadAsByteArrayAsync();
        Assert.Equal((9, "100 %: ä\nö %41"), Status(response));
    }

    [Fact]
    public async Task A_fault_tells_a_client_nothing_of_the_inside()
    {
        using var response = await SendAsync(Fails, Message(new SetLearningRateRequest()));
        await response.Content.ReadAsByteArrayAsync();
        var (status, message) = Status(response);
        Assert.Equal(13, status);
        Assert.DoesNotContain("inside", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deadline_ends_a_call()
    {
        using var response = await SendAsync(Never, Message(new SetLearningRateRequest()), request => request.Headers.Add("grpc-timeout", "20m"));
        await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(4, Status(response).Code);
        await _cancelled.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("S")]
    [InlineData("123456789S")]
    [InlineData("-1S")]
    [InlineData("1s")]
    public async Task A_deadline_that_is_none_is_refused(string timeout)
    {
        using var response = await SendAsync(Echo, Message(new SetLearningRateRequest()), request => request.Headers.TryAddWithoutValidation("grpc-timeout", timeout));
        await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(3, Status(response).Code);
    }

    [Theory]
    [InlineData("99999999H")]
    [InlineData("1M")]
    [InlineData("60000000u")]
    public async Task A_far_deadline_lets_a_call_go_on(string timeout)
    {
        using var response = await SendAsync(Echo, Message(new SetLearningRateRequest()), request => request.Headers.Add("grpc-timeout", timeout));
        await response.Content.ReadAsByteArrayAsync();
        Assert.Equal((0, ""), Status(response));
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_its_call()
    {
        using var leave = new CancellationTokenSource();
        var call = SendAsync(Never, Message(new SetLearningRateRequest()), cancel: leave.Token);
        await _begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await _cancelled.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_stream_brings_each_message_and_then_how_it_ended()
    {
        using var response = await SendAsync(Counts, Message(new SetLearningRateRequest { Rate = 1000 }));

        var body = await response.Content.ReadAsByteArrayAsync();
        byte[] wanted = [.. Enumerable.Range(0, 1000).SelectMany(i => Message(new RateChange { Step = (ulong)i }))];
        Assert.Equal(wanted, body);
        Assert.Equal((9, "that was all"), Status(response));
    }

    [Theory]
    [InlineData(null, 16)]
    [InlineData("Bearer ", 16)]
    [InlineData("Bearer 00", 16)]
    [InlineData("right", 0)]
    public async Task With_a_secret_each_call_shows_its_token(string? shown, int status)
    {
        var secret = SharedSecret.From("one two three four five six"u8, "test");
        await using var server = await StartAsync(new Security(secret, null));
        using var response = await SendAsync(Echo, Message(new SetLearningRateRequest()), request =>
        {
            if (shown is not null) request.Headers.TryAddWithoutValidation("authorization", shown == "right" ? $"Bearer {secret.ControlToken()}" : shown);
        }, server: server);
        await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(status, Status(response).Code);
    }

    [Fact]
    public void The_token_is_that_of_the_documentation()
    {
        // printf distributed/control | openssl dgst -sha256 -hmac "one two three four five six"
        Assert.Equal("1413da4bf1e50cc21afe80fc98db89cdb89e6b99cfa38f5e490513883b257de6", SharedSecret.From("one two three four five six"u8, "test").ControlToken());
    }

    [Fact]
    public async Task What_cannot_be_listened_on_is_said_in_a_sentence()
    {
        var taken = await Assert.ThrowsAsync<UserException>(() => StartAsync(Security.None, new HostPort("127.0.0.1", _server.Address.Port)));
        Assert.Contains("cannot be listened on", taken.Message, StringComparison.Ordinal);
        var open = await Assert.ThrowsAsync<UserException>(() => StartAsync(Security.None, new HostPort("0.0.0.0", 0)));
        Assert.Contains("--tls-cert", open.Message, StringComparison.Ordinal);
    }

    private Task<WebServer> StartAsync(Security security, HostPort? place = null) => ControlServer.StartAsync(place ?? Anywhere, security, calls =>
    {
        calls.Unary(Echo, SetLearningRateRequest.Parser, (request, _) => Task.FromResult(request));
        calls.Unary<SetLearningRateRequest, StopReply>(Fails, SetLearningRateRequest.Parser, (_, _) => throw new InvalidOperationException("inside"));
        calls.Unary<SetLearningRateRequest, StopReply>(Refuses, SetLearningRateRequest.Parser, (_, _) => throw new GrpcException(GrpcStatus.FailedPrecondition, "100 %: ä\nö %41"));
        calls.Unary(Never, SetLearningRateRequest.Parser, async (_, cancel) =>
        {
            await using var told = cancel.Register(_cancelled.SetResult);
            _begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancel);
            return new StopReply();
        });
        calls.ServerStreaming<SetLearningRateRequest, RateChange>(Counts, SetLearningRateRequest.Parser, async (request, send, _) =>
        {
            for (var i = 0; i < request.Rate; i++) await send(new RateChange { Step = (ulong)i });
            throw new GrpcException(GrpcStatus.FailedPrecondition, "that was all");
        });
    }, NullLoggerFactory.Instance, TimeProvider.System);

    private Task<HttpResponseMessage> SendAsync(string path, byte[] body, Action<HttpRequestMessage>? change = null, WebServer? server = null,
        CancellationToken cancel = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://{(server ?? _server).Address}{path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        change?.Invoke(request);
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
    }

    private static byte[] Message(IMessage message)
    {
        byte[] bytes = [0, 0, 0, 0, 0, .. message.ToByteArray()];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), bytes.Length - 5);
        return bytes;
    }

    private static (int Code, string Message) Status(HttpResponseMessage response) => (int.Parse(response.TrailingHeaders.GetValues("grpc-status").Single()),
        response.TrailingHeaders.TryGetValues("grpc-message", out var messages) ? Uri.UnescapeDataString(messages.Single()) : "");
}
