using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator.Tests.Cli.Downloads;

/// <summary>A web server on loopback with a few files, which misbehaves as a test asks.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FileServer(WebApplication app) => _app = app;

    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>What was asked for: "name" or "name from 10".</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Whether Range is understood.</summary>
    public bool HasRange { get; set; } = true;

    /// <summary>Whether an answer says how long it is.</summary>
    public bool TellsLength { get; set; } = true;

    /// <summary>Bytes of an answer after which the connection is cut; null: never.</summary>
    public int? CutsAfter { get; set; }

    /// <summary>What a cut waits for: a reset connection may lose what was on its way.</summary>
    public Task CutsWhen { get; set; } = Task.CompletedTask;

    /// <summary>What is answered in place of a file; null: the file.</summary>
    public int? Status { get; set; }

    public Uri Base { get; private set; } = null!;

    public static async Task<FileServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var server = new FileServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        server.Base = new Uri(app.Urls.Single() + "/files/");
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var name = context.Request.Path.Value!["/files/".Length..];
        var from = context.Request.GetTypedHeaders().Range?.Ranges.Single().From;
        Asked.Enqueue(from is null ? name : $"{name} from {from}");
        if (Status is { } status || !Files.ContainsKey(name))
        {
            context.Response.StatusCode = Status ?? StatusCodes.Status404NotFound;
            return;
        }
        var bytes = Files[name].AsMemory();
        if (HasRange && from is { } first)
        {
            if (first >= bytes.Length)
            {
                context.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                return;
            }
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = $"bytes {first}-{bytes.Length - 1}/{bytes.Length}";
            bytes = bytes[(int)first..];
        }
        if (TellsLength) context.Response.ContentLength = bytes.Length;
        if (CutsAfter is { } cut && cut < bytes.Length)
        {
            await context.Response.Body.WriteAsync(bytes[..cut], context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await CutsWhen;
            context.Abort();
            return;
        }
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
