using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;

namespace Distributed.Actors.Tcp;

/// <summary>A connection's pipes, encrypted, after both sides have shown certificates.</summary>
internal sealed class TlsTransport : IDuplexPipe, IAsyncDisposable
{
    private readonly SslStream _stream;

    private TlsTransport(SslStream stream, string? refusal)
    {
        (_stream, Refusal) = (stream, refusal);
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(
            bufferSize: HostLimits.TlsBufferBytes, minimumReadSize: HostLimits.TlsBufferBytes / 4, leaveOpen: true));
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: HostLimits.TlsBufferBytes, leaveOpen: true));
    }

    /// <summary>Why the peer must not stay, as the end of a sentence about it: all that it may be sent is a Goodbye. Null: it may stay.</summary>
    public string? Refusal { get; }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <param name="host">What was dialled; null on the side that was dialled.</param>
    /// <exception cref="AuthenticationException">The peer speaks no TLS, or another; the message is the end of a sentence about it.</exception>
    public static async Task<TlsTransport> AuthenticateAsync(
        IDuplexPipe pipes, TlsCredentials credentials, string? host, CancellationToken cancel)
    {
        string? refusal = null;
        var stream = new SslStream(new PipeStream(pipes));
        try
        {
            await (host is null
                ? stream.AuthenticateAsServerAsync(credentials.Listening(why => refusal = why), cancel)
                : stream.AuthenticateAsClientAsync(credentials.Dialling(host, why => refusal = why), cancel)).ConfigureAwait(false);
            return new TlsTransport(stream, refusal);
        }
        catch (AuthenticationException exception)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw new AuthenticationException($"does not speak TLS as it is wanted: {Innermost(exception)}", exception);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private static string Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception.Message;
}
