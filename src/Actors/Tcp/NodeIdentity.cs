using System.Buffers.Binary;
using System.Security.Cryptography;
using Distributed.Protocol;
using Google.Protobuf;

namespace Distributed.Actors.Tcp;

/// <summary>Who a node says it is: a random id, so that a restarted process is told from its former self, and a name for logs.</summary>
internal sealed class NodeIdentity(string name)
{
    public const int IdBytes = 16;
    public const int NonceBytes = 32;

    private readonly byte[] _id = RandomNumberGenerator.GetBytes(IdBytes);

    public ReadOnlySpan<byte> Id => _id;

    public string Name { get; } = WireText.Cut(name, FrameLimits.MaxPeerNameBytes);

    /// <summary>The first frame of a new connection.</summary>
    /// <param name="asks">Whether the peer is to prove a shared secret.</param>
    public Hello Hello(bool asks) => new()
    {
        Protocol = ProtocolVersion.Current,
        Node = ByteString.CopyFrom(_id),
        Name = Name,
        Nonce = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(NonceBytes)),
        Secret = asks,
    };

    /// <summary>A number of 0 to 1 that differs between nodes, so that they don't all redial at once.</summary>
    public double Jitter(int attempt)
    {
        // A step of splitmix64 from the node's id.
        var bits = BinaryPrimitives.ReadUInt64LittleEndian(_id) + (ulong)attempt * 0x9E3779B97F4A7C15;
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB;
        return (bits >> 11) * (1.0 / (1UL << 53));
    }
}
