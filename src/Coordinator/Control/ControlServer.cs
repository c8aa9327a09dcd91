using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using Distributed.Actors;
using Distributed.Coordinator.Web;
using Distributed.Worker.Cli;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator.Control;

/// <summary>Serves the control of a run on a port of its own: HTTP/2, without TLS on loopback only.</summary>
/// <remarks>Where the run has a secret, each call carries <c>authorization: Bearer TOKEN</c>, see <see cref="SharedSecret.ControlToken"/>; where it has
/// certificates, the client shows one of the same authority.</remarks>
internal static class ControlServer
{
    /// <summary>Calls that are open at once at most, those that watch among them.</summary>
    public const int MaxCalls = 100;

    /// <param name="add">Adds what can be called.</param>
    /// <exception cref="UserException">The address cannot be listened on, or may not be without certificates.</exception>
    public static async Task<WebServer> StartAsync(HostPort listen, Security security, Action<GrpcCalls> add, ILoggerFactory logs, TimeProvider time)
    {
        var address = await listen.ResolveAsync("--control").ConfigureAwait(false);
        if (!IPAddress.IsLoopback(address.Address) && security.Tls is null)
            throw new UserException($"--control {listen} can be reached by other machines, so it is wanted with --tls-cert, --tls-key and --tls-ca; "
                + "or listen on 127.0.0.1, and reach it through ssh -L");
        var calls = new GrpcCalls(logs.CreateLogger<GrpcCalls>(), time);
        add(calls);
        var token = security.Secret is { } secret ? Encoding.ASCII.GetBytes($"Bearer {secret.ControlToken()}") : null;
        return await WebServer.StartAsync(address, listen, "--control", security.Tls is not null,
            limits =>
            {
                limits.MaxRequestBodySize = null; // GrpcCalls has its own limit, with an answer that clients understand
                limits.Http2.MaxStreamsPerConnection = MaxCalls;
            },
            endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http2;
                if (security.Tls is { } tls) endpoint.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(Handshake(tls)) });
            },
            context => calls.HandleAsync(context, admitted => Admit(admitted, token)), logs).ConfigureAwait(false);
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
}
