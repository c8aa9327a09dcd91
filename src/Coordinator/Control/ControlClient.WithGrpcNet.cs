using System.Runtime.CompilerServices;
using Distributed.Worker.Cli;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Distributed.Coordinator.Control;

/// <summary>Calls a control service by Grpc.Net.Client, with the methods and the failures of the client that other builds have.</summary>
internal sealed class ControlClient : IDisposable
{
    private const string Service = "distributed.control.v1.Control";

    private static readonly Marshaller<IMessage> Requests =
        Marshallers.Create<IMessage>(MessageExtensions.ToByteArray, _ => throw new NotSupportedException());

    private readonly GrpcChannel _channel;
    private readonly CallInvoker _calls;

    public ControlClient(HostPort place, Security security)
    {
        var http = ControlConnection.Open(place, security);
        _channel = GrpcChannel.ForAddress(http.BaseAddress!,
            new GrpcChannelOptions { HttpClient = http, DisposeHttpClient = true, MaxReceiveMessageSize = ControlConnection.MaxReplyBytes });
        _calls = _channel.CreateCallInvoker();
    }

    /// <param name="method">Of control.proto.</param>
    /// <exception cref="GrpcException">The call failed there.</exception>
    /// <exception cref="UserException">Nobody serves the control of a run there.</exception>
    public async Task<T> CallAsync<T>(string method, IMessage request, MessageParser<T> parser, CancellationToken cancel) where T : class, IMessage<T>
    {
        var options = new CallOptions(cancellationToken: cancel);
        using var call = _calls.AsyncUnaryCall(Method(MethodType.Unary, method, parser), host: null, options, request);
        return await AnswerAsync(call.ResponseAsync).ConfigureAwait(false);
    }

    /// <summary>The messages of a server-streaming call, to its end.</summary>
    /// <exception cref="GrpcException">As <see cref="CallAsync"/>.</exception>
    /// <exception cref="UserException">As <see cref="CallAsync"/>.</exception>
    public async IAsyncEnumerable<T> StreamAsync<T>(string method, IMessage request, MessageParser<T> parser,
        [EnumeratorCancellation] CancellationToken cancel) where T : class, IMessage<T>
    {
        var options = new CallOptions(cancellationToken: cancel);
        using var call = _calls.AsyncServerStreamingCall(Method(MethodType.ServerStreaming, method, parser), host: null, options, request);
        while (await AnswerAsync(call.ResponseStream.MoveNext(cancel)).ConfigureAwait(false)) yield return call.ResponseStream.Current;
    }

    public void Dispose() => _channel.Dispose();

    private static Method<IMessage, T> Method<T>(MethodType type, string name, MessageParser<T> parser) where T : class, IMessage<T> =>
        new(type, Service, name, Requests, Marshallers.Create<T>(MessageExtensions.ToByteArray, bytes => Parse(parser, bytes)));

    private static T Parse<T>(MessageParser<T> parser, byte[] bytes) where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException wrong)
        {
            throw new GrpcException(GrpcStatus.Internal, $"the reply is no {typeof(T).Name}: {wrong.Message}");
        }
    }

    private static async Task<T> AnswerAsync<T>(Task<T> answer)
    {
        try
        {
            return await answer.ConfigureAwait(false);
        }
        catch (RpcException failed)
        {
            throw failed.Status.DebugException switch
            {
                (UserException or GrpcException or OperationCanceledException) and var known => known,
                (IOException or HttpRequestException) and var gone =>
                    new GrpcException(GrpcStatus.Unavailable, $"the coordinator is gone: {gone.Message}"),
                _ => new GrpcException((GrpcStatus)failed.StatusCode, failed.Status.Detail),
            };
        }
    }
}
