using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Distributed.Worker.Cli;
using Google.Protobuf;

namespace Distributed.Coordinator.Control;

/// <summary>Calls a control service: what the commands <c>status</c>, <c>watch</c>, <c>stop</c>, <c>checkpoint</c> and <c>set-rate</c> need of gRPC.</summary>
internal sealed class ControlClient : IDisposable
{
    private const int PrefixBytes = 5;

    private readonly HttpClient _http;

    public ControlClient(HostPort place, Security security) => _http = ControlConnection.Open(place, security);

    /// <param name="method">Of control.proto.</param>
    /// <exception cref="GrpcException">The call failed there.</exception>
    /// <exception cref="UserException">Nobody serves the control of a run there.</exception>
    public async Task<T> CallAsync<T>(string method, IMessage request, MessageParser<T> parser, CancellationToken cancel) where T : class, IMessage<T>
    {
        T? reply = null;
        await foreach (var message in StreamAsync(method, request, parser, cancel).ConfigureAwait(false)) reply = message;
        return reply ?? throw new GrpcException(GrpcStatus.Internal, "the reply holds no message");
    }

    /// <summary>The messages of a server-streaming call, to its end.</summary>
    /// <exception cref="GrpcException">As <see cref="CallAsync"/>.</exception>
    /// <exception cref="UserException">As <see cref="CallAsync"/>.</exception>
    public async IAsyncEnumerable<T> StreamAsync<T>(string method, IMessage request, MessageParser<T> parser, [EnumeratorCancellation] CancellationToken cancel)
        where T : IMessage<T>
    {
        using var response = await SendAsync(method, request, cancel).ConfigureAwait(false);
        using var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        while (await ReadAsync(body, parser, cancel).ConfigureAwait(false) is { } message) yield return message;
        Check(response);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(string method, IMessage message, CancellationToken cancel)
    {
        var bytes = new byte[PrefixBytes + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), bytes.Length - PrefixBytes);
        message.WriteTo(bytes.AsSpan(PrefixBytes));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/distributed.control.v1.Control/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
            Headers = { { "te", "trailers" } },
        };
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
    }

    /// <returns>Null: there are no more.</returns>
    private static async Task<T?> ReadAsync<T>(Stream body, MessageParser<T> parser, CancellationToken cancel) where T : IMessage<T>
    {
        try
        {
            var prefix = new byte[PrefixBytes];
            var count = await body.ReadAtLeastAsync(prefix, PrefixBytes, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
            if (count == 0) return default;
            var length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
            if (count < PrefixBytes || prefix[0] != 0 || length > ControlConnection.MaxReplyBytes)
                throw new GrpcException(GrpcStatus.Internal, "the reply is no message of gRPC that is taken here");
            var message = new byte[length];
            await body.ReadExactlyAsync(message, cancel).ConfigureAwait(false);
            return parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException wrong)
        {
            throw new GrpcException(GrpcStatus.Internal, $"the reply is no {typeof(T).Name}: {wrong.Message}");
        }
        catch (Exception wrong) when (wrong is IOException or HttpRequestException)
        {
            throw new GrpcException(GrpcStatus.Unavailable, $"the coordinator is gone: {wrong.Message}");
        }
    }

    private static void Check(HttpResponseMessage response)
    {
        if (!int.TryParse(Header("grpc-status"), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            throw new GrpcException(GrpcStatus.Internal, "the reply has no grpc-status");
        if (status != (int)GrpcStatus.Ok) throw new GrpcException((GrpcStatus)status, Uri.UnescapeDataString(Header("grpc-message") ?? ""));

        string? Header(string name) => response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values)
            ? values.FirstOrDefault()
            : null;
    }
}
