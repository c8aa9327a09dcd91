using System.CommandLine;
using System.Text;
using Distributed.Actors;

namespace Distributed.Worker.Cli;

/// <summary>How a coordinator and its workers know each other: the options that both share.</summary>
public sealed class SecurityOptionsSet
{
    private readonly Option<string?> _secretFile = new("--secret-file")
    {
        HelpName = "FILE",
        Description = $"A secret that coordinator and workers prove to each other, {SharedSecret.MinBytes} bytes or more; it is never sent. " +
            $"Or in the environment variable {SharedSecret.Variable}.",
    };

    private readonly Option<string?> _certificate = new("--tls-cert")
    {
        HelpName = "FILE.pem",
        Description = "Encrypt with TLS and show this certificate, signed by --tls-ca; the coordinator's names the host that workers dial.",
    };

    private readonly Option<string?> _key = new("--tls-key") { HelpName = "FILE.pem", Description = "The certificate's private key." };

    private readonly Option<string?> _authority = new("--tls-ca")
    {
        HelpName = "FILE.pem",
        Description = "The authority whose certificates are taken from others; those of the operating system are not.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_secretFile, _certificate, _key, _authority]) command.Options.Add(option);
    }

    /// <summary>Whether an option of them stands on the command line.</summary>
    public bool IsGiven(ParseResult parsed) =>
        new[] { _secretFile, _certificate, _key, _authority }.Any(option => parsed.GetValue(option) is not null);

    /// <exception cref="UserException">A file cannot be read, or one of three is missing.</exception>
    /// <exception cref="HostException">A file is not what it should be.</exception>
    public Security Read(ParseResult parsed)
    {
        var (certificate, key, authority) = (parsed.GetValue(_certificate), parsed.GetValue(_key), parsed.GetValue(_authority));
        var tls = (certificate, key, authority) switch
        {
            (null, null, null) => null,
            (not null, not null, not null) => TlsCredentials.FromFiles(certificate, key, authority),
            _ => throw new UserException("--tls-cert, --tls-key and --tls-ca belong together: all three are wanted, or none"),
        };
        if (key is not null) WarnIfOpen(key);
        return new Security(ReadSecret(parsed.GetValue(_secretFile)), tls);
    }

    private static SharedSecret? ReadSecret(string? path)
    {
        if (path is null)
            return Environment.GetEnvironmentVariable(SharedSecret.Variable) is { } text
                ? SharedSecret.From(Encoding.UTF8.GetBytes(text), SharedSecret.Variable)
                : null;
        try
        {
            // One byte more than allowed, and a line end, tells a file that is too long.
            var bytes = new byte[SharedSecret.MaxBytes + 3];
            using var file = File.OpenRead(path);
            var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            WarnIfOpen(path);
            return SharedSecret.From(bytes.AsSpan(0, count), $"--secret-file {path}");
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"--secret-file {path} cannot be read: {wrong.Message}", wrong);
        }
    }

    private static void WarnIfOpen(string path)
    {
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead))
            Console.Error.WriteLine($"warning: {path} can be read by every user of this machine; close it with: chmod 600 {path}");
    }
}

/// <summary>What a node asks of its peers before it talks with them.</summary>
public sealed record Security(SharedSecret? Secret, TlsCredentials? Tls)
{
    public static readonly Security None = new(Secret: null, Tls: null);

    /// <summary>The options with what the peers must show.</summary>
    public TcpHostOptions AddTo(TcpHostOptions options) => options with { Secret = Secret, Tls = Tls };
}
