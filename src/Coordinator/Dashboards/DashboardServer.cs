using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Distributed.Actors;
using Distributed.Coordinator.Web;
using Distributed.Engine.Images;
using Distributed.Worker.Cli;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator.Dashboards;

/// <summary>Serves the page that shows a run, and what it asks for.</summary>
/// <remarks>
/// <code>
/// GET  /                    the page; /page.js and /page.css beside it
/// GET  /api/run?...         DashboardData, from where the page has come
/// GET  /picture/NAME.png    filters, regions
/// POST /api/stop, /api/checkpoint
/// </code>
/// On loopback whoever may use the machine's loopback is let in, but no page of another origin: a request must name this server as its host, and one that
/// changes something must carry a header that a page of another origin cannot set. Elsewhere the run's control token is asked for, see
/// <see cref="SharedSecret.ControlToken"/>; the browser keeps it in a cookie.
/// </remarks>
internal sealed class DashboardServer : IAsyncDisposable
{
    /// <summary>A page asks so often at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long the last answer waits for a page that is open.</summary>
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(2);

    private const string Header = "X-Distributed", Cookie = "distributed-token";
    private const int MaxTokenCharacters = 256;

    private readonly IDashboardSource _source;
    private readonly TimeProvider _time;
    private readonly byte[]? _token;
    private readonly bool _isEncrypted;
    private WebServer? _server;
    private long _lastLook;
    private bool _wasLooked;
    private TaskCompletionSource? _nextLook;

    private DashboardServer(IDashboardSource source, byte[]? token, bool isEncrypted, TimeProvider time) => (_source, _token, _isEncrypted, _time) = (source, token, isEncrypted, time);

    public string Address => $"{(_isEncrypted ? "https" : "http")}://{_server!.Address}/";

    /// <exception cref="UserException">The address cannot be listened on, or may not be without a secret.</exception>
    public static async Task<DashboardServer> StartAsync(HostPort place, Security security, IDashboardSource source, ILoggerFactory logs, TimeProvider time)
    {
        var address = await place.ResolveAsync("--dashboard").ConfigureAwait(false);
        var isLoopback = IPAddress.IsLoopback(address.Address);
        if (!isLoopback && security.Secret is null)
            throw new UserException($"--dashboard {place} can be reached by other machines, so it is wanted with --secret-file; or listen on 127.0.0.1, and reach it through ssh -L");
        var tls = isLoopback ? null : security.Tls;
        var token = isLoopback ? null : Encoding.ASCII.GetBytes(security.Secret!.ControlToken());
        var dashboard = new DashboardServer(source, token, tls is not null, time);
        dashboard._server = await WebServer.StartAsync(address, place, "--dashboard", tls is not null,
            limits => limits.MaxRequestBodySize = 1024,
            endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http1;
                if (tls is null) return;
                var handshake = tls.ForServer();
                (handshake.ClientCertificateRequired, handshake.RemoteCertificateValidationCallback) = (false, null); // a browser shows the token instead
                endpoint.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(handshake) });
            },
            dashboard.HandleAsync, logs).ConfigureAwait(false);
        return dashboard;
    }

    /// <summary>The run has ended: a page that is open gets to see it.</summary>
    public async Task LetLookAsync()
    {
        if (!_wasLooked || _time.GetElapsedTime(Interlocked.Read(ref _lastLook)) > 3 * Interval) return;
        var look = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _nextLook, look);
        await Task.WhenAny(look.Task, Task.Delay(LastLook, _time)).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        if (!IsOurs(request))
        {
            await RefuseAsync(response, StatusCodes.Status403Forbidden, "This dashboard is asked for by its own address only.").ConfigureAwait(false);
            return;
        }
        if (_token is not null && !Admit(request, response))
        {
            if (response.StatusCode != StatusCodes.Status303SeeOther) await PageAsync(response, "token.html", "text/html", StatusCodes.Status401Unauthorized).ConfigureAwait(false);
            return;
        }
        var path = request.Path.Value;
        switch (request.Method, path)
        {
            case ("GET", "/"): await PageAsync(response, "page.html", "text/html").ConfigureAwait(false); break;
            case ("GET", "/page.js"): await PageAsync(response, "page.js", "text/javascript").ConfigureAwait(false); break;
            case ("GET", "/page.css"): await PageAsync(response, "page.css", "text/css").ConfigureAwait(false); break;
            case ("GET", "/api/run"): await LookAsync(context).ConfigureAwait(false); break;
            case ("GET", _) when path?.StartsWith("/picture/", StringComparison.Ordinal) == true && path.EndsWith(".png", StringComparison.Ordinal):
                await PictureAsync(response, path["/picture/".Length..^".png".Length]).ConfigureAwait(false);
                break;
            case ("POST", "/api/stop") when request.Headers.ContainsKey(Header): await AnswerAsync(response, await _source.StopAsync().ConfigureAwait(false)).ConfigureAwait(false); break;
            case ("POST", "/api/checkpoint") when request.Headers.ContainsKey(Header):
                await AnswerAsync(response, await _source.CheckpointAsync(context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
                break;
            default: await RefuseAsync(response, StatusCodes.Status404NotFound, "There is nothing of that name here.").ConfigureAwait(false); break;
        }
    }

    /// <summary>Another site's name may be made to point here: its pages must not read what is shown.</summary>
    private bool IsOurs(HttpRequest request)
    {
        if (_token is not null) return true; // the token is asked for, and its cookie is the browser's for that name alone
        var host = request.Host.Host;
        return host is "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }

    private bool Admit(HttpRequest request, HttpResponse response)
    {
        if (request.Method == "GET" && request.Path == "/" && request.Query["token"].ToString() is { Length: > 0 and <= MaxTokenCharacters } given && Shows(given))
        {
            response.Cookies.Append(Cookie, given, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = _isEncrypted });
            response.StatusCode = StatusCodes.Status303SeeOther;
            response.Headers.Location = "/";
            return false;
        }
        return Shows(request.Cookies[Cookie] ?? "");
    }

    private bool Shows(string token) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), _token);

    private async Task LookAsync(HttpContext context)
    {
        Interlocked.Exchange(ref _lastLook, _time.GetTimestamp());
        _wasLooked = true;
        var query = context.Request.Query;
        var data = await _source.LookAsync(new Seen(Number("steps"), Number("epochs"), Number("events"), Number("resumes")), context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(data, DashboardJson.Default.DashboardData), context.RequestAborted).ConfigureAwait(false);
        if (Volatile.Read(ref _nextLook) is { } look)
        {
            await context.Response.CompleteAsync().ConfigureAwait(false);
            look.TrySetResult();
        }

        int Number(string name) => int.TryParse(query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    private async Task PictureAsync(HttpResponse response, string name)
    {
        if (_source.Picture(name) is not { } picture)
        {
            await RefuseAsync(response, StatusCodes.Status404NotFound, "There is no such picture of this run.").ConfigureAwait(false);
            return;
        }
        response.ContentType = "image/png";
        await response.Body.WriteAsync(picture).ConfigureAwait(false);
    }

    private static async Task AnswerAsync(HttpResponse response, DashboardAnswer answer)
    {
        (response.StatusCode, response.ContentType) = (answer.IsDone ? StatusCodes.Status200OK : StatusCodes.Status409Conflict, "application/json");
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer, DashboardJson.Default.DashboardAnswer)).ConfigureAwait(false);
    }

    private static async Task PageAsync(HttpResponse response, string file, string type, int status = StatusCodes.Status200OK)
    {
        (response.StatusCode, response.ContentType) = (status, $"{type}; charset=utf-8");
        await using var content = typeof(DashboardServer).Assembly.GetManifestResourceStream($"dashboard/{file}")!;
        await content.CopyToAsync(response.Body).ConfigureAwait(false);
    }

    private static Task RefuseAsync(HttpResponse response, int status, string sentence)
    {
        (response.StatusCode, response.ContentType) = (status, "text/plain; charset=utf-8");
        return response.WriteAsync(sentence);
    }
}
