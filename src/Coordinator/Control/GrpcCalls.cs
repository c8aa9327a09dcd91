using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator.Control;

/// <summary>The status codes of gRPC that are used here.</summary>
internal enum GrpcStatus
{
    Ok = 0,
    Cancelled = 1,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    Unauthenticated = 16,
}

/// <summary>How a call fails: a status and a sentence for the client.</summary>
internal sealed class GrpcException(GrpcStatus status, string message) : Exception(message)
{
    public GrpcStatus Status { get; } = status;
}

/// <summary>Serves unary and server-streaming calls of gRPC: its framing over HTTP/2, all of it.</summary>
/// <remarks>
/// <code>
/// request    POST /package.Service/Method   content-type: application/grpc[+proto]   te: trailers   [grpc-timeout: 10S]
/// message    flag (1 byte: 0 plain, 1 compressed) | length (4 bytes, big-endian) | protobuf
/// reply      200, content-type: application/grpc, messages, then trailers: grpc-status, grpc-message (percent-encoded)
/// </code>
/// As <c>grpc/doc/PROTOCOL-HTTP2.md</c> of the gRPC project says. One message of at most <see cref="MaxRequestBytes"/> is read from a client. What is
/// not done is refused with the status that the protocol has for it: compressed messages and more than one request
/// (UNIMPLEMENTED), other content types (HTTP 415), other methods than POST (HTTP 405). A client that reads slowly holds up its own call alone.
/// </remarks>
internal sealed class GrpcCalls(ILogger log, TimeProvider time)
{
    /// <summary>A longer request is refused before anything is allocated for it.</summary>
    public const int MaxRequestBytes = 64 * 1024;

    private const int PrefixBytes = 5;
    private const string ContentType = "application/grpc";

    /// <summary>Longer deadlines than this are none.</summary>
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(40);

    private readonly Dictionary<string, Func<HttpContext, CancellationToken, Task>> _methods = new(StringComparer.Ordinal);

    /// <param name="path">/package.Service/Method.</param>
    public void Unary<TRequest, TReply>(string path, MessageParser<TRequest> parser, Func<TRequest, CancellationToken, Task<TReply>> handler)
        where TRequest : IMessage<TRequest> where TReply : IMessage<TReply> =>
        _methods.Add(path, async (context, cancel) =>
        {
            var request = await ReadAsync(context.Request.BodyReader, parser, cancel).ConfigureAwait(false);
            await WriteAsync(context.Response.BodyWriter, await handler(request, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
        });

    /// <param name="path">/package.Service/Method.</param>
    /// <param name="handler">Sends messages one after another: each when the one before is on its way, so no faster than the client reads.</param>
    public void ServerStreaming<TRequest, TReply>(string path, MessageParser<TRequest> parser, Func<TRequest, Func<TReply, Task>, CancellationToken, Task> handler)
        where TRequest : IMessage<TRequest> where TReply : IMessage<TReply> =>
        _methods.Add(path, async (context, cancel) =>
        {
            var request = await ReadAsync(context.Request.BodyReader, parser, cancel).ConfigureAwait(false);
            await context.Response.StartAsync(cancel).ConfigureAwait(false);
            await handler(request, reply => WriteAsync(context.Response.BodyWriter, reply, cancel), cancel).ConfigureAwait(false);
        });

    /// <param name="admit">Throws a <see cref="GrpcException"/> where the caller may not call.</param>
    public async Task HandleAsync(HttpContext context, Action<HttpContext> admit)
    {
        var response = context.Response;
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            (response.StatusCode, response.Headers.Allow) = (StatusCodes.Status405MethodNotAllowed, HttpMethods.Post);
            return;
        }
        if (!IsGrpc(context.Request.ContentType))
        {
            response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }
        response.ContentType = ContentType;
        response.Headers["grpc-accept-encoding"] = "identity";
        var (status, message) = await CallAsync(context, admit).ConfigureAwait(false);
        if (context.RequestAborted.IsCancellationRequested) return; // nobody is there any more
        response.AppendTrailer("grpc-status", ((int)status).ToString(CultureInfo.InvariantCulture));
        if (message.Length > 0) response.AppendTrailer("grpc-message", PercentEncoded(message));
    }

    private async Task<(GrpcStatus, string)> CallAsync(HttpContext context, Action<HttpContext> admit)
    {
        using var deadline = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, deadline.Token);
        try
        {
            admit(context);
            if (!_methods.TryGetValue(context.Request.Path.Value ?? "", out var method))
                throw new GrpcException(GrpcStatus.Unimplemented, $"there is no method {context.Request.Path}");
            if (TimeoutOf(context.Request.Headers["grpc-timeout"].ToString()) is { } timeout) deadline.CancelAfter(timeout);
            await method(context, cancel.Token).ConfigureAwait(false);
            return (GrpcStatus.Ok, "");
        }
        catch (GrpcException refused)
        {
            return (refused.Status, refused.Message);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return (GrpcStatus.DeadlineExceeded, "the call's deadline is over");
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            return (GrpcStatus.Cancelled, "");
        }
        catch (Exception fault)
        {
            log.LogError(fault, "a fault in {Method}", context.Request.Path);
            return (GrpcStatus.Internal, "a fault of the coordinator, which its log tells of");
        }
    }

    /// <summary>The one message of a request.</summary>
    private static async Task<T> ReadAsync<T>(PipeReader body, MessageParser<T> parser, CancellationToken cancel) where T : IMessage<T>
    {
        var read = await body.ReadAtLeastAsync(PrefixBytes, cancel).ConfigureAwait(false);
        if (read.Buffer.Length < PrefixBytes) throw new GrpcException(GrpcStatus.Internal, "the request has no whole message");
        var length = Length(read.Buffer);
        body.AdvanceTo(read.Buffer.Start);
        read = await body.ReadAtLeastAsync(PrefixBytes + length + 1, cancel).ConfigureAwait(false); // one more, to see the end
        if (read.Buffer.Length < PrefixBytes + length)
            throw new GrpcException(GrpcStatus.Internal, $"the request's message has {read.Buffer.Length - PrefixBytes} bytes, {length} were announced");
        if (read.Buffer.Length > PrefixBytes + length) throw new GrpcException(GrpcStatus.Unimplemented, "one message is taken in a request, more came");
        try
        {
            var message = parser.ParseFrom(read.Buffer.Slice(PrefixBytes, length));
            body.AdvanceTo(read.Buffer.End);
            return message;
        }
        catch (InvalidProtocolBufferException wrong)
        {
            throw new GrpcException(GrpcStatus.Internal, $"the request's message is no {typeof(T).Name}: {wrong.Message}");
        }
    }

    private static int Length(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        if (prefix[0] == 1) throw new GrpcException(GrpcStatus.Unimplemented, "compressed messages are not taken: send grpc-encoding identity");
        if (prefix[0] != 0) throw new GrpcException(GrpcStatus.Internal, $"a message begins with 0 or 1, not {prefix[0]}");
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        return length <= MaxRequestBytes ? (int)length
            : throw new GrpcException(GrpcStatus.ResourceExhausted, $"a request has {MaxRequestBytes} bytes at most, this one announces {length}");
    }

    private static async Task WriteAsync<T>(PipeWriter body, T message, CancellationToken cancel) where T : IMessage<T>
    {
        var length = message.CalculateSize();
        Prefix(body.GetSpan(PrefixBytes), length);
        body.Advance(PrefixBytes);
        message.WriteTo(body);
        await body.FlushAsync(cancel).ConfigureAwait(false);

        static void Prefix(Span<byte> prefix, int length)
        {
            prefix[0] = 0;
            BinaryPrimitives.WriteInt32BigEndian(prefix[1..], length);
        }
    }

    private static bool IsGrpc(string? contentType)
    {
        var kind = contentType?.Split(';')[0].TrimEnd();
        return string.Equals(kind, ContentType, StringComparison.OrdinalIgnoreCase) || string.Equals(kind, ContentType + "+proto", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>At most eight digits and a unit: H, M, S, m, u or n.</summary>
    /// <returns>Null: no deadline.</returns>
    private static TimeSpan? TimeoutOf(string text)
    {
        if (text.Length == 0) return null;
        if (text.Length > 9 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || TicksOf(text[^1]) is not { } ticks)
            throw new GrpcException(GrpcStatus.InvalidArgument, $"grpc-timeout: wanted up to eight digits and one of HMSmun, came \"{text}\"");
        var timeout = TimeSpan.FromTicks((long)Math.Ceiling(Math.Min(count * ticks, LongestTimeout.Ticks + 1.0)));
        return timeout > LongestTimeout ? null : timeout;
    }

    private static double? TicksOf(char unit) => unit switch
    {
        'H' => TimeSpan.TicksPerHour,
        'M' => TimeSpan.TicksPerMinute,
        'S' => TimeSpan.TicksPerSecond,
        'm' => TimeSpan.TicksPerMillisecond,
        'u' => TimeSpan.TicksPerMicrosecond,
        'n' => 1.0 / TimeSpan.NanosecondsPerTick,
        _ => null,
    };

    /// <summary>Printable ASCII stays as it is, but for '%'; every other byte of UTF-8 becomes %XX.</summary>
    private static string PercentEncoded(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var one in Encoding.UTF8.GetBytes(text))
            if (one is >= 0x20 and < 0x7f and not (byte)'%') encoded.Append((char)one);
            else encoded.Append('%').Append(one.ToString("X2", CultureInfo.InvariantCulture));
        return encoded.ToString();
    }
}
