using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Distributed.Actors;

/// <summary>A node's certificate with its key, and the one authority whose certificates it takes from others.</summary>
/// <remarks>
/// TLS 1.2 or later, both sides show a certificate. A peer's must lead to this authority (those of the operating system do not count), be valid now, be
/// meant for its side where it says what it is meant for, and, if that side was dialled, name the host that was dialled in its subject
/// alternative names, where an IP address counts as an address only. Revocation lists are not asked for.
/// </remarks>
public sealed class TlsCredentials
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly SslStreamCertificateContext _own;
    private readonly X509Certificate2Collection _authority;

    /// <param name="own">The first is the node's, with its key; certificates between it and the authority may follow.</param>
    internal TlsCredentials(X509Certificate2Collection own, X509Certificate2Collection authority)
    {
        _own = SslStreamCertificateContext.Create(own[0], [.. own.Skip(1)], offline: true);
        _authority = authority;
    }

    /// <summary>Reads PEM files and checks that the certificate would be taken by a node of the same authority.</summary>
    /// <exception cref="HostException">A file cannot be read or does not fit the others; the sentence says which.</exception>
    public static TlsCredentials FromFiles(string certificate, string key, string authority)
    {
        var own = Read(certificate, "--tls-cert", path =>
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(path);
            return chain;
        });
        own[0] = Read(key, "--tls-key", path => X509Certificate2.CreateFromPemFile(certificate, path));
        var roots = Read(authority, "--tls-ca", path =>
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(path);
            return found;
        });
        if (roots.Count == 0)
        {
            throw new HostException($"--tls-ca {authority} holds no certificate; PEM is wanted");
        }

        var credentials = new TlsCredentials(own, roots);
        return credentials.Own(ServerUse) is { } complaint && credentials.Own(ClientUse) is not null
            ? throw new HostException($"--tls-cert {certificate} would be refused: it {complaint}")
            : credentials;
    }

    public override string ToString() => $"certificate {_own.TargetCertificate.Subject}";

    /// <summary>The node's own, with its key.</summary>
    internal X509Certificate2 Certificate => _own.TargetCertificate;

    /// <summary>For who checks certificates outside of a handshake of ours.</summary>
    /// <param name="dialled">The name or address that the peer was dialled by; null: it has dialled.</param>
    /// <returns>Why the peer must not stay, as the end of a sentence about it; null: it may.</returns>
    internal string? RefusalOf(X509Certificate2 shown, string? dialled)
    {
        using var chain = new X509Chain { ChainPolicy = Policy(dialled is null ? ClientUse : ServerUse) };
        string? refusal = null;
        Judge(shown, chain, chain.Build(shown) ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors, dialled, why => refusal = why);
        return refusal;
    }

    /// <summary>For the side that was dialled.</summary>
    /// <param name="refused">Told, in the end of a sentence, why the peer must not stay. TLS itself goes on, so that it can be told why.</param>
    internal SslServerAuthenticationOptions Listening(Action<string> refused) => new()
    {
        ServerCertificateContext = _own,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateChainPolicy = Policy(ClientUse),
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Judge(certificate, chain, errors, host: null, refused),
        AllowTlsResume = false,
        AllowRenegotiation = false,
    };

    /// <summary>For the side that dials.</summary>
    /// <param name="host">What was dialled: a name or an address.</param>
    internal SslClientAuthenticationOptions Dialling(string host, Action<string> refused) => new()
    {
        TargetHost = host,
        ClientCertificateContext = _own,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateChainPolicy = Policy(ServerUse),
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Judge(certificate, chain, errors, host, refused),
        AllowTlsResume = false,
        AllowRenegotiation = false,
    };

    /// <summary>For a server that is no node: a client that must not stay is refused in the handshake.</summary>
    public SslServerAuthenticationOptions ForServer()
    {
        var isRefused = false;
        var options = Listening(_ => isRefused = true);
        options.RemoteCertificateValidationCallback = Refusing(options.RemoteCertificateValidationCallback!, () => isRefused);
        return options;
    }

    /// <summary>For a client that is no node: a server that is not to be talked with is refused in the handshake.</summary>
    /// <param name="host">What is dialled: a name or an address.</param>
    public SslClientAuthenticationOptions ForClient(string host)
    {
        var isRefused = false;
        var options = Dialling(host, _ => isRefused = true);
        options.RemoteCertificateValidationCallback = Refusing(options.RemoteCertificateValidationCallback!, () => isRefused);
        return options;
    }

    private static RemoteCertificateValidationCallback Refusing(RemoteCertificateValidationCallback judge, Func<bool> isRefused) =>
        (sender, certificate, chain, errors) => judge(sender, certificate, chain, errors) && !isRefused();

    /// <summary>What a peer of the same authority would say against this node's certificate; null: nothing.</summary>
    private string? Own(string use)
    {
        using var chain = new X509Chain { ChainPolicy = Policy(use) };
        chain.ChainPolicy.ExtraStore.AddRange(_own.IntermediateCertificates.ToArray());
        return chain.Build(_own.TargetCertificate) ? null : Complaint(_own.TargetCertificate, chain);
    }

    private X509ChainPolicy Policy(string use)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            ApplicationPolicy = { new Oid(use) },
        };
        policy.CustomTrustStore.AddRange(_authority);
        return policy;
    }

    /// <param name="host">The name that the certificate must have; null: any.</param>
    private static bool Judge(X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors, string? host, Action<string> refused)
    {
        var others = errors & ~SslPolicyErrors.RemoteCertificateNameMismatch;
        if (shown is not X509Certificate2 certificate || chain is null || others.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            refused("shows no certificate");
        }
        else if (others != SslPolicyErrors.None)
        {
            refused($"shows a certificate ({certificate.Subject}) that {Complaint(certificate, chain)}");
        }
        else if (host is not null && !certificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false))
        {
            refused($"shows a certificate ({certificate.Subject}) that does not name {host} in its subject alternative names");
        }

        return true;
    }

    private static string Complaint(X509Certificate2 certificate, X509Chain chain)
    {
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        return status switch
        {
            _ when status.HasFlag(X509ChainStatusFlags.NotTimeValid) =>
                $"is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u} only, or is signed by one that is not valid now",
            _ when (status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0 =>
                "is not signed by the authority in --tls-ca",
            _ when status.HasFlag(X509ChainStatusFlags.NotValidForUsage) =>
                "is not meant for this use: an extended key usage needs serverAuth where it listens, clientAuth where it dials",
            _ => $"cannot be taken: {string.Join(", ", chain.ChainStatus.Select(one => one.StatusInformation.Trim()))}",
        };
    }

    private static T Read<T>(string path, string option, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new HostException($"{option} {path} cannot be used: {wrong.Message}", wrong);
        }
    }
}
