using Akka.Event;
using Akka.Remote.Transport.DotNetty;

namespace Distributed.Actors.Akka;

/// <summary>A node's certificate and whose it takes, as Akka.Remote wants them: mutual TLS, by the same rules as on every other host.</summary>
internal static class Certificates
{
    public static DotNettySslSetup ToSetup(TlsCredentials tls) => new(
        tls.Certificate, suppressValidation: false, requireMutualAuthentication: true, validateCertificateHostname: true,
        (certificate, _, host, _, log) =>
        {
            var refusal = certificate is null ? "shows no certificate" : tls.RefusalOf(certificate, HostOf(host));
            if (refusal is not null) log.Warning("A peer that {0} is refused.", refusal);
            return refusal is null;
        });

    private static string? HostOf(string? peer) => peer;
}
