using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Downloads;

/// <summary>Brings a file of known length and sum from a server into a file of this machine, and goes on where an earlier attempt has ended.</summary>
/// <remarks>
/// What is there already is told by its length alone, and asked for no more (Range). Whether it was the same file shows in the sum at the end: where that is wrong
/// after going on, all is asked for once more. Of a server nothing is believed but what the sum confirms, and not a byte more than the known length is taken.
/// </remarks>
internal sealed class FileDownload(HttpClient client, TimeProvider time, DownloadProgress progress)
{
    /// <summary>A client that goes where it is sent a few times, from https never to http, and unpacks nothing by itself.</summary>
    public static HttpClient Client() => new(new SocketsHttpHandler
    {
        ConnectTimeout = DownloadLimits.ConnectTime,
        MaxAutomaticRedirections = DownloadLimits.Redirections,
        MaxResponseHeadersLength = DownloadLimits.HeaderKilobytes,
        UseCookies = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // silence is what ends a download, not its length
    };

    /// <param name="part">Where the bytes go; what it holds is gone on with. Right to the byte when this returns.</param>
    /// <exception cref="UserException">The server has no such file, or another one; nothing of it is left.</exception>
    /// <exception cref="DownloadException">It did not come to an end; what came is kept.</exception>
    public async Task FetchAsync(Uri source, PublishedFile file, FileStream part, CancellationToken cancel)
    {
        if (part.Length > file.Bytes) part.SetLength(0);
        var earlier = part.Length;
        if (earlier < file.Bytes) await ReceiveAsync(source, file, part, cancel).ConfigureAwait(false);
        var sum = await SumAsync(part, cancel).ConfigureAwait(false);
        if (sum != file.Sha256 && earlier > 0)
        {
            progress.Say($"{file.Name}: the {earlier} bytes that were here are of something else; all is downloaded once more");
            part.SetLength(0);
            await ReceiveAsync(source, file, part, cancel).ConfigureAwait(false);
            sum = await SumAsync(part, cancel).ConfigureAwait(false);
        }
        if (sum == file.Sha256) return;
        part.SetLength(0);
        throw new UserException($"{source}: SHA-256 {file.Sha256} is wanted, {sum} came: it is another file, and was removed; --from URL-BASE names another place");
    }

    private async Task ReceiveAsync(Uri source, PublishedFile file, FileStream part, CancellationToken cancel)
    {
        using var silence = new CancellationTokenSource(DownloadLimits.Silence, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancel);
        try
        {
            using var response = await AnswerAsync(source, part, ended.Token).ConfigureAwait(false);
            var from = response.StatusCode == HttpStatusCode.PartialContent ? part.Length : 0;
            if (response.Content.Headers.ContentLength is { } more && from + more != file.Bytes)
                throw new UserException($"{source}: {file.Bytes} bytes are wanted, the server has {from + more}: it is another file; --from URL-BASE names another place");
            part.SetLength(from);
            part.Position = from;
            progress.Begin(file.Name, source, file.Bytes, from);
            await using var body = await response.Content.ReadAsStreamAsync(ended.Token).ConfigureAwait(false);
            await CopyAsync(source, file, body, part, silence, ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw Lost($"nothing came for {DownloadLimits.Silence.TotalSeconds:0} s", null);
        }
        catch (HttpRequestException wrong)
        {
            throw Lost(wrong.GetBaseException().Message, wrong);
        }
        finally
        {
            progress.End();
        }

        DownloadException Lost(string reason, Exception? inner) => NotWhole(source, file, part, reason, inner);
    }

    /// <summary>The server's answer, if it is one with the bytes that are missing, or all of them.</summary>
    private async Task<HttpResponseMessage> AnswerAsync(Uri source, FileStream part, CancellationToken ended)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, source);
            var from = part.Length;
            if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ended).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK) return response; // all of it: a server need not know Range
            using var refused = response.StatusCode == HttpStatusCode.PartialContent && from > 0 && response.Content.Headers.ContentRange?.From == from ? null : response;
            if (refused is null) return response;
            if (from > 0 && refused.StatusCode is HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.PartialContent)
            {
                part.SetLength(0); // the server cannot go on from there
                continue;
            }
            var sentence = $"{source}: the server answers {(int)refused.StatusCode} ({refused.ReasonPhrase})";
            if ((int)refused.StatusCode >= 500) throw new DownloadException($"{sentence}; try again later, or name another place with --from URL-BASE");
            throw new UserException($"{sentence}; --from URL-BASE names another place");
        }
    }

    private async Task CopyAsync(Uri source, PublishedFile file, Stream body, FileStream part, CancellationTokenSource silence, CancellationToken ended)
    {
        var block = new byte[DownloadLimits.Block];
        while (true)
        {
            silence.CancelAfter(DownloadLimits.Silence);
            int count;
            try
            {
                count = await body.ReadAsync(block, ended).ConfigureAwait(false);
            }
            catch (IOException wrong)
            {
                throw NotWhole(source, file, part, wrong.Message, wrong);
            }
            if (count == 0) break;
            if (part.Position + count > file.Bytes)
            {
                part.SetLength(0);
                throw new UserException($"{source}: {file.Bytes} bytes are wanted, the server sends more: it is another file, and was removed; --from URL-BASE names another place");
            }
            await part.WriteAsync(block.AsMemory(0, count), ended).ConfigureAwait(false);
            progress.Advance(part.Position);
        }
        if (part.Position < file.Bytes) throw NotWhole(source, file, part, "the connection ended", null);
    }

    private static DownloadException NotWhole(Uri source, PublishedFile file, FileStream part, string reason, Exception? inner) =>
        new(part.Length == 0 ? $"{source}: {reason}; try again later, or name another place with --from URL-BASE; files that are on this machine already are used as they are, by --set data.folder=PATH"
            : $"{source}: {reason}; {part.Length} of {file.Bytes} bytes are here, and the same command goes on from there", inner);

    private static async Task<string> SumAsync(FileStream part, CancellationToken cancel)
    {
        part.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(part, cancel).ConfigureAwait(false));
    }
}
