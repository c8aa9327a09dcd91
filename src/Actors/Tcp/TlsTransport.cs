using System.Net.Security;
using System.Security.Authentication;

namespace Distributed.Actors.Tcp;

/// <summary>A connection's bytes, encrypted, after both sides have shown certificates.</summary>
internal static class TlsTransport
{
    /// <param name="bytes">Belongs to the stream that is returned.</param>
    /// <param name="host">What was dialled; null on the side that was dialled.</param>
    /// <returns>The stream, and why the peer must not stay, as the end of a sentence about it: all that it may be sent is a Goodbye. Null: it may
    /// stay.</returns>
    /// <exception cref="AuthenticationException">The peer speaks no TLS, or another; the message is the end of a sentence about it.</exception>
    public static async Task<(SslStream Stream, string? Refusal)> AuthenticateAsync(
        Stream bytes, TlsCredentials credentials, string? host, CancellationToken cancel)
    {
        string? refusal = null;
        var stream = new SslStream(bytes, leaveInnerStreamOpen: false);
        try
        {
            await (host is null
                ? stream.AuthenticateAsServerAsync(credentials.Listening(why => refusal = why), cancel)
                : stream.AuthenticateAsClientAsync(credentials.Dialling(host, why => refusal = why), cancel)).ConfigureAwait(false);
            return (stream, refusal);
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

    private static string Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception.Message;
}
