using Akka.Event;
using Akka.Remote.Transport.DotNetty;

namespace Distributed.Actors.Akka;

/// <summary>A node's certificate and whose it takes, as Akka.Remote wants them: mutual TLS, by the same rules as on every other host.</summary>
internal static class Certificates
{
    public static DotNettySslSetup ToSetup(TlsCredentials tls) => new(
        tls.Certificate, suppressValidation: false, requireMutualAuthentication: true, validateCertificateHostname: true,
        (certificate, _, peer, _, log) =>
        {
            var refusal = certificate is null ? "shows no certificate" : tls.RefusalOf(certificate, DialledHost(peer));
            if (refusal is not null) log.Warning("A peer ({0}) that {1} is refused.", peer, refusal);
            return refusal is null;
        });

    /// <summary>Akka.Remote names a peer that was dialled by its host or its address in the cluster, one that has dialled by the address and port it comes from.</summary>
    /// <returns>Null: it has dialled.</returns>
    private static string? DialledHost(string peer) =>
        peer.Contains("://", StringComparison.Ordinal) ? new Uri(peer).Host
        : Uri.CheckHostName(peer) != UriHostNameType.Unknown ? peer
        : null;
}
