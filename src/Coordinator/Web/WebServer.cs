using System.Net;
using System.Net.Sockets;
using Distributed.Worker.Cli;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Coordinator.Web;

/// <summary>Kestrel at one address, with nothing that is not asked for.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    public const int MaxConnections = 100;

    /// <summary>How long calls may take to end when the server does.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly WebApplication _server;

    private WebServer(WebApplication server, IPEndPoint address) => (_server, Address) = (server, address);

    public IPEndPoint Address { get; }

    /// <param name="listen">Resolved from <paramref name="place"/>.</param>
    /// <param name="option">That the user gave the place with, for the sentence.</param>
    /// <param name="isEncrypted">Whether <paramref name="endpoint"/> uses TLS.</param>
    /// <exception cref="UserException">The address cannot be listened on.</exception>
    public static async Task<WebServer> StartAsync(IPEndPoint listen, HostPort place, string option, bool isEncrypted, Action<KestrelServerLimits> limits,
        Action<ListenOptions> endpoint, RequestDelegate handle, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new WithoutHosting(logs));
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Farewell);
        builder.WebHost.UseKestrelCore();
        if (isEncrypted) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            (kestrel.AddServerHeader, kestrel.Limits.MaxConcurrentConnections) = (false, MaxConnections);
            limits(kestrel.Limits);
            kestrel.Listen(listen, endpoint);
        });
        var server = builder.Build();
        server.Run(handle);
        try
        {
            await server.StartAsync().ConfigureAwait(false);
        }
        catch (Exception taken) when (taken is IOException or SocketException)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw new UserException($"{option} {place} cannot be listened on: {taken.Message}", taken);
        }
        var bound = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new WebServer(server, new IPEndPoint(listen.Address, new Uri(bound).Port));
    }

    /// <summary>Calls in progress get a moment to end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What hosting logs where it cannot start, with a stack trace, is told in a sentence.</summary>
    private sealed class WithoutHosting(ILoggerFactory logs) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal) ? NullLogger.Instance : logs.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => logs.AddProvider(provider);

        public void Dispose()
        {
        }
    }

    /// <summary>Signals are dealt with where the run is.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancel) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;
    }
}
