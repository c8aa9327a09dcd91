using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Distributed.Actors.Tests.Tcp;

/// <summary>A certificate authority of a test.</summary>
internal sealed class TestAuthority
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2";

    private static readonly DateTimeOffset Start = DateTimeOffset.UtcNow.AddDays(-30), End = DateTimeOffset.UtcNow.AddDays(30);

    private readonly X509Certificate2 _root;

    public TestAuthority(string name = "test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = request.CreateSelfSigned(Start, End);
    }

    public X509Certificate2Collection Roots => [X509CertificateLoader.LoadCertificate(_root.RawData)];

    public string RootPem => _root.ExportCertificatePem();

    /// <param name="ends">Days from now; negative: it has expired.</param>
    public X509Certificate2 Issue(string[]? names = null, IPAddress[]? addresses = null, int ends = 10, string[]? uses = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names ?? ["localhost"])
        {
            alternatives.AddDnsName(name);
        }

        foreach (var address in addresses ?? [IPAddress.Loopback])
        {
            alternatives.AddIpAddress(address);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([.. (uses ?? [ServerUse, ClientUse]).Select(use => new Oid(use))], false));
        using var issued = request.Create(_root, DateTimeOffset.UtcNow.AddDays(-20), DateTimeOffset.UtcNow.AddDays(ends), RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(key);

        // Some systems take no key that lives in memory only.
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Credentials of a node that takes this authority's certificates.</summary>
    public TlsCredentials Credentials(X509Certificate2? own = null) => new([own ?? Issue()], Roots);
}
