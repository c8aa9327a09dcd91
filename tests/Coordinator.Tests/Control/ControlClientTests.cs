using System.Net;
using System.Net.Sockets;
using Distributed.Actors;
using Distributed.Coordinator.Control;
using Distributed.Coordinator.Web;
using Distributed.Protocol.Control;
using Distributed.Worker.Cli;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Coordinator.Tests.Control;

/// <summary>What the commands are told, by whichever client the build has.</summary>
public sealed class ControlClientTests
{
    private static readonly HostPort Anywhere = new("127.0.0.1", 0);

    private readonly SharedSecret _secret = SharedSecret.From("one two three four five six"u8, "test");

    [Fact]
    public async Task An_answer_comes_with_the_token_of_the_secret()
    {
        await using var server = await StartAsync(new Security(_secret, null));
        using var client = new ControlClient(PlaceOf(server.Address.Port), new Security(_secret, null));
        Assert.Equal("long", (await client.CallAsync("Status", new StatusRequest(), RunStatus.Parser, default)).Job);
    }

    [Theory]
    [InlineData("Status", 16, "this run has a secret: show its token as metadata, authorization: Bearer TOKEN")]
    [InlineData("Stop", 9, "100 %: ä\nö %41")]
    [InlineData("Nothing", 12, "there is no method /distributed.control.v1.Control/Nothing")]
    public async Task A_refusal_comes_through_as_it_is(string method, int status, string sentence)
    {
        await using var server = await StartAsync(status == 16 ? new Security(_secret, null) : Security.None);
        var other = new Security(SharedSecret.From("another one of the same length"u8, "test"), null);
        using var client = new ControlClient(PlaceOf(server.Address.Port), other);
        var request = new StopRequest { Reason = "enough" };
        var refused = await Assert.ThrowsAsync<GrpcException>(() => client.CallAsync(method, request, StopReply.Parser, default));
        Assert.Equal((status, sentence), ((int)refused.Status, refused.Message));
    }

    [Fact]
    public async Task A_stream_brings_each_message_and_then_how_it_ended()
    {
        await using var server = await StartAsync(Security.None);
        using var client = new ControlClient(PlaceOf(server.Address.Port), Security.None);
        var steps = new List<ulong>();
        var ended = await Assert.ThrowsAsync<GrpcException>(() => ReadAsync(client, "Count", steps, default));
        Assert.Equal(Enumerable.Range(0, 1000).Select(step => (ulong)step), steps);
        Assert.Equal((GrpcStatus.FailedPrecondition, "that was all"), (ended.Status, ended.Message));
    }

    [Fact]
    public async Task A_stream_can_be_left()
    {
        await using var server = await StartAsync(Security.None);
        using var client = new ControlClient(PlaceOf(server.Address.Port), Security.None);
        await foreach (var change in client.StreamAsync("Count", new StatusRequest(), RateChange.Parser, default))
            if (change.Step == 3) break;
        Assert.Equal("long", (await client.CallAsync("Status", new StatusRequest(), RunStatus.Parser, default)).Job);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_ends()
    {
        await using var server = await StartAsync(Security.None);
        using var client = new ControlClient(PlaceOf(server.Address.Port), Security.None);
        using var leave = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.CallAsync("Never", new StatusRequest(), StopReply.Parser, leave.Token));
        using var later = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadAsync(client, "Drip", [], later.Token));
    }

    [Fact]
    public async Task Where_nobody_listens_it_is_said()
    {
        var server = await StartAsync(Security.None);
        var place = PlaceOf(server.Address.Port);
        await server.DisposeAsync();
        using var client = new ControlClient(place, Security.None);
        var unary = await Assert.ThrowsAsync<UserException>(() => client.CallAsync("Status", new StatusRequest(), RunStatus.Parser, default));
        var stream = await Assert.ThrowsAsync<UserException>(() => ReadAsync(client, "Count", [], default));
        Assert.Equal($"--control {place}: nobody listens there: {new SocketException((int)SocketError.ConnectionRefused).Message}", unary.Message);
        Assert.Equal(unary.Message, stream.Message);
    }

    [Theory]
    [InlineData(404, "application/grpc")]
    [InlineData(200, "text/html")]
    public async Task Where_no_run_is_controlled_it_is_said(int status, string contentType)
    {
        await using var server = await ServeAsync(context =>
        {
            (context.Response.StatusCode, context.Response.ContentType) = (status, contentType);
            return Task.CompletedTask;
        });
        using var client = new ControlClient(PlaceOf(server), Security.None);
        var unary = await Assert.ThrowsAsync<UserException>(() => client.CallAsync("Status", new StatusRequest(), RunStatus.Parser, default));
        var stream = await Assert.ThrowsAsync<UserException>(() => ReadAsync(client, "Count", [], default));
        Assert.Equal($"--control {PlaceOf(server)}: no run is controlled there (HTTP {status})", unary.Message);
        Assert.Equal(unary.Message, stream.Message);
    }

    [Fact]
    public async Task A_coordinator_that_goes_in_the_middle_is_gone()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ServeAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 2, 8, 7 });
            await context.Response.Body.FlushAsync();
            await seen.Task.WaitAsync(TimeSpan.FromSeconds(60));
            context.Abort();
        });
        using var client = new ControlClient(PlaceOf(server), Security.None);
        var gone = await Assert.ThrowsAsync<GrpcException>(async () =>
        {
            await foreach (var change in client.StreamAsync("Count", new StatusRequest(), RateChange.Parser, default))
            {
                Assert.Equal(7u, change.Step);
                seen.SetResult();
            }
        });
        Assert.Equal(GrpcStatus.Unavailable, gone.Status);
        Assert.StartsWith("the coordinator is gone: ", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_that_is_no_message_is_refused()
    {
        await using var server = await ServeAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 2, 13, 0 });
            context.Response.AppendTrailer("grpc-status", "0");
        });
        using var client = new ControlClient(PlaceOf(server), Security.None);
        var wrong = await Assert.ThrowsAsync<GrpcException>(() => client.CallAsync("Status", new StatusRequest(), RunStatus.Parser, default));
        Assert.Equal(GrpcStatus.Internal, wrong.Status);
        Assert.StartsWith("the reply is no RunStatus: ", wrong.Message, StringComparison.Ordinal);
    }

    private static HostPort PlaceOf(int port) => new("127.0.0.1", port);

    private static HostPort PlaceOf(WebApplication server) =>
        PlaceOf(new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port);

    private static async Task ReadAsync(ControlClient client, string method, List<ulong> steps, CancellationToken cancel)
    {
        await foreach (var change in client.StreamAsync(method, new StatusRequest(), RateChange.Parser, cancel)) steps.Add(change.Step);
    }

    private static Task<WebServer> StartAsync(Security security) => ControlServer.StartAsync(Anywhere, security, calls =>
    {
        const string Service = "/distributed.control.v1.Control/";
        calls.Unary(Service + "Status", StatusRequest.Parser, (_, _) => Task.FromResult(new RunStatus { Job = "long" }));
        calls.Unary<StopRequest, StopReply>(Service + "Stop", StopRequest.Parser,
            (_, _) => throw new GrpcException(GrpcStatus.FailedPrecondition, "100 %: ä\nö %41"));
        calls.Unary(Service + "Never", StatusRequest.Parser, async (_, cancel) =>
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return new StopReply();
        });
        calls.ServerStreaming<StatusRequest, RateChange>(Service + "Drip", StatusRequest.Parser, async (_, send, cancel) =>
        {
            await send(new RateChange());
            await Task.Delay(Timeout.Infinite, cancel);
        });
        calls.ServerStreaming<StatusRequest, RateChange>(Service + "Count", StatusRequest.Parser, async (_, send, _) =>
        {
            for (var i = 0; i < 1000; i++) await send(new RateChange { Step = (ulong)i });
            throw new GrpcException(GrpcStatus.FailedPrecondition, "that was all");
        });
    }, NullLoggerFactory.Instance, TimeProvider.System);

    /// <summary>HTTP/2 that need not be gRPC.</summary>
    private static async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
        return server;
    }
}
