using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Distributed.Protocol;

namespace Distributed.Actors;

/// <summary>What the nodes of a run have in common and strangers do not. It is proven, never sent, and shows in no text.</summary>
/// <remarks><code>
/// proof   HMAC-SHA256(secret, "distributed/proof" | role | n_d | n_l | i_d | i_l | v)
/// role    1 byte: 'd' of the side that dials, 'l' of the side that listens; so neither can answer with what it was sent
/// n, i    each side's nonce (32 bytes, new for every connection) and node id (16 bytes), the dialling side's first
/// v       protocol version, 4 bytes, little-endian
/// </code>
/// It keeps strangers out. It neither hides nor protects what is said afterwards from someone who sits on the way and can change
/// it: that takes certificates (TLS). Who sees a proof can try secrets against it at leisure, so a secret is to be
/// drawn by a machine: <c>openssl rand -hex 32</c>.
/// </remarks>
public sealed class SharedSecret
{
    /// <summary>A shorter one is refused.</summary>
    public const int MinBytes = 16;

    /// <summary>A longer file is no secret.</summary>
    public const int MaxBytes = 4096;

    /// <summary>The environment variable that may hold it.</summary>
    public const string Variable = "DISTRIBUTED_SECRET";

    internal const int ProofBytes = HMACSHA256.HashSizeInBytes;

    private static readonly byte[] Purpose = Encoding.ASCII.GetBytes("distributed/proof");

    private static readonly byte[] ControlPurpose = Encoding.ASCII.GetBytes("distributed/control");

    private readonly byte[] _key;

    private SharedSecret(byte[] key) => _key = key;

    /// <param name="bytes">As a file has them: line ends at the end are left out.</param>
    /// <param name="source">Where they are from, for the sentence.</param>
    /// <exception cref="HostException">Too short or too long.</exception>
    public static SharedSecret From(ReadOnlySpan<byte> bytes, string source)
    {
        var key = bytes.TrimEnd("\r\n"u8);
        if (key.Length is < MinBytes or > MaxBytes)
        {
            throw new HostException(
                $"{source}: a shared secret has {MinBytes} to {MaxBytes} bytes, this one has {key.Length}; make one with: openssl rand -hex 32");
        }

        return new SharedSecret(key.ToArray());
    }

    /// <summary>A new one, and its text for the environment of another process.</summary>
    public static (SharedSecret Secret, string Text) Draw()
    {
        var text = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(ProofBytes));
        return (From(Encoding.ASCII.GetBytes(text), "drawn"), text);
    }

    /// <summary>What a client of the run's control shows with each call: <c>HMAC-SHA256(secret, "distributed/control")</c>, hex. It stays the same, so
    /// it goes where nobody listens in: over loopback or TLS.</summary>
    public string ControlToken() => Convert.ToHexStringLower(HMACSHA256.HashData(_key, ControlPurpose));

    public override string ToString() => "a shared secret";

    internal byte[] Prove(bool dials, Hello dialling, Hello listening)
    {
        var version = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(version, dialling.Protocol);
        byte[] said =
        [
            .. Purpose, (byte)(dials ? 'd' : 'l'), .. dialling.Nonce.Span, .. listening.Nonce.Span, .. dialling.Node.Span,
            .. listening.Node.Span, .. version,
        ];
        return HMACSHA256.HashData(_key, said);
    }

    /// <summary>Whether a proof is right; takes as long for a nearly right one as for any other.</summary>
    internal bool IsProof(ReadOnlySpan<byte> mac, bool dials, Hello dialling, Hello listening) =>
        CryptographicOperations.FixedTimeEquals(mac, Prove(dials, dialling, listening));
}
