using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Distributed.EndToEnd.Tests.Driving;

/// <summary>Takes OTLP over HTTP and keeps the bodies; names and texts lie in them as they are.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly Lock _lock = new();
    private readonly StringBuilder _metrics = new(), _traces = new();

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.MapPost("/v1/metrics", (HttpRequest request) => TakeAsync(request, _metrics));
        _server.MapPost("/v1/traces", (HttpRequest request) => TakeAsync(request, _traces));
    }

    public string Metrics => Read(_metrics);

    public string Traces => Read(_traces);

    /// <summary>What tells a program to send here.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _server.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
    };

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._server.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<IResult> TakeAsync(HttpRequest request, StringBuilder into)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        lock (_lock) into.Append(Encoding.Latin1.GetString(body.ToArray()));
        return Results.Ok();
    }

    private string Read(StringBuilder from)
    {
        lock (_lock) return from.ToString();
    }
}
