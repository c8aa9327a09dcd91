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

    public void AddTo(Command command) => command.Options.Add(_secretFile);

    /// <exception cref="UserException">A file cannot be read, or is not what it should be.</exception>
    public Security Read(ParseResult parsed) => new(ReadSecret(parsed.GetValue(_secretFile)));

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
public sealed record Security(SharedSecret? Secret)
{
    public static readonly Security None = new(Secret: null);

    /// <summary>The options with what the peers must show.</summary>
    public TcpHostOptions AddTo(TcpHostOptions options) => options with { Secret = Secret };
}
