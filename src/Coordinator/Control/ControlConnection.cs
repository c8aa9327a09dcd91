using System.Net;
using System.Net.Http.Headers;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Control;

/// <summary>The HTTP under a control client: the caller's token and certificate, and a sentence for the user where no run is controlled.</summary>
internal static class ControlConnection
{
    /// <summary>A longer message is refused before anything is allocated for it.</summary>
    public const int MaxReplyBytes = 4 * 1024 * 1024;

    /// <summary>Who answers nothing for so long, not even that it is there, is asked whether it is, and has three times as long to say so.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    /// <returns>Its requests throw a <see cref="UserException"/> where nobody serves the control of a run there.</returns>
    public static HttpClient Open(HostPort place, Security security)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingDelay = Silence,
            KeepAlivePingTimeout = 3 * Silence,
        };
        if (security.Tls is { } tls) handler.SslOptions = tls.ForClient(place.Host);
        var address = new Uri($"{(security.Tls is null ? "http" : "https")}://{place}");
        var http = new HttpClient(new Checked(place, handler)) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        if (security.Secret is { } secret) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret.ControlToken());
        return http;
    }

    /// <summary>Lets answers of gRPC through, whatever their status.</summary>
    private sealed class Checked(HostPort place, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
        {
            try
            {
                var response = await base.SendAsync(request, cancel).ConfigureAwait(false);
                var isGrpc = response.Content.Headers.ContentType?.MediaType == "application/grpc";
                if (response.StatusCode == HttpStatusCode.OK && isGrpc) return response;
                using (response) throw new UserException($"--control {place}: no run is controlled there (HTTP {(int)response.StatusCode})");
            }
            catch (HttpRequestException nobody)
            {
                var what = nobody.HttpRequestError == HttpRequestError.ConnectionError ? "nobody listens there" : "no run is controlled there";
                throw new UserException($"--control {place}: {what}: {nobody.InnerException?.Message ?? nobody.Message}", nobody);
            }
        }
    }
}
