using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using Distributed.Actors;
using Distributed.Worker.Cli;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator.Control;

/// <summary>Serves the control of a run on a port of its own: HTTP/2, without TLS on loopback only.</summary>
/// <remarks>Where the run has a secret, each call carries <c>authorization: Bearer TOKEN</c>, see <see cref="SharedSecret.ControlToken"/>; where it has
/// certificates, the client shows one of the same authority.</remarks>
internal sealed class ControlServer : IAsyncDisposable
{
    /// <summary>Calls that are open at once at most, those that watch among them.</summary>
    public const int MaxCalls = 100;

    public const int MaxConnections = 100;

    /// <summary>How long calls may take to end when the server does.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly WebApplication _server;

    private ControlServer(WebApplication server, IPEndPoint address) => (_server, Address) = (server, address);

    public IPEndPoint Address { get; }

    /// <param name="add">Adds what can be called.</param>
    /// <exception cref="UserException">The address cannot be listened on, or may not be without certificates.</exception>
    public static async Task<ControlServer> StartAsync(HostPort listen, Security security, Action<GrpcCalls> add, ILoggerFactory logs, TimeProvider time)
    {
        var address = await listen.ResolveAsync("--control").ConfigureAwait(false);
        if (!IPAddress.IsLoopback(address.Address) && security.Tls is null)
            throw new UserException($"--control {listen} can be reached by other machines, so it is wanted with --tls-cert, --tls-key and --tls-ca; "
                + "or listen on 127.0.0.1, and reach it through ssh -L");
        var calls = new GrpcCalls(logs.CreateLogger<GrpcCalls>(), time);
        add(calls);
        var token = security.Secret is { } secret ? Encoding.ASCII.GetBytes($"Bearer {secret.ControlToken()}") : null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Farewell);
        builder.WebHost.UseKestrelCore();
        if (security.Tls is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            (kestrel.AddServerHeader, kestrel.Limits.MaxConcurrentConnections) = (false, MaxConnections);
            kestrel.Limits.MaxRequestBodySize = null; // GrpcCalls has its own limit, with an answer that clients understand
            kestrel.Limits.Http2.MaxStreamsPerConnection = MaxCalls;
            kestrel.Listen(address, endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http2;
                if (security.Tls is { } tls) endpoint.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(Handshake(tls)) });
            });
        });
        var server = builder.Build();
        server.Run(context => calls.HandleAsync(context, admitted => Admit(admitted, token)));
        try
        {
            await server.StartAsync().ConfigureAwait(false);
        }
        catch (IOException taken)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw new UserException($"--control {listen} cannot be listened on: {taken.Message}", taken);
        }
        var bound = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new ControlServer(server, new IPEndPoint(address.Address, new Uri(bound).Port));
    }

    /// <summary>Calls in progress get a moment to end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    private static void Admit(HttpContext context, byte[]? token)
    {
        if (token is null) return;
        var shown = Encoding.ASCII.GetBytes(context.Request.Headers.Authorization.ToString());
        if (!CryptographicOperations.FixedTimeEquals(shown, token))
            throw new GrpcException(GrpcStatus.Unauthenticated, "this run has a secret: show its token as metadata, authorization: Bearer TOKEN");
    }

    private static SslServerAuthenticationOptions Handshake(TlsCredentials tls)
    {
        var options = tls.ForServer();
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];
        return options;
    }

    /// <summary>Signals are dealt with where the run is.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancel) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;
    }
}
