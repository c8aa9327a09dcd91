using Distributed.Protocol;
using Google.Protobuf;

namespace Distributed.Actors.Tcp;

/// <summary>What has to be said before actors may talk over a connection, seen from one side. It has no socket and no clock.</summary>
/// <remarks><code>
/// dialling side            listening side
/// Hello (nonce)  ────────► ◄──────── Hello (nonce)          both at once
/// Proof 'd'      ────────►           checked: done here      only where both have a shared secret
/// checked: done  ◄────────  Proof 'l'
/// </code>
/// The listening side proves nothing to a stranger: it answers a right proof only. Without a secret both are done with Hello.
/// </remarks>
internal sealed class Handshake(NodeIdentity identity, SharedSecret? secret, bool dials)
{
    private State _state = State.AwaitsHello;

    private enum State
    {
        AwaitsHello,
        AwaitsProof,
        Done,
        Refused,
    }

    /// <summary>Our first frame.</summary>
    public Hello Ours { get; } = identity.Hello(asks: secret is not null);

    /// <summary>The peer's; null before it has come.</summary>
    public Hello? Theirs { get; private set; }

    public bool IsDone => _state == State.Done;

    /// <summary>The peer cannot stay, and nothing that it says will change that.</summary>
    public bool IsRefused => _state == State.Refused;

    /// <summary>For the sentence about a peer that was too slow.</summary>
    public string Awaited => _state == State.AwaitsHello ? "Hello" : "Proof";

    /// <exception cref="ProtocolException">It came twice, or is none.</exception>
    public HandshakeStep On(Hello hello)
    {
        if (_state != State.AwaitsHello)
        {
            throw new ProtocolException("Hello came twice.");
        }

        if (hello.Node.Length != NodeIdentity.IdBytes)
        {
            throw new ProtocolException($"A node's id has {NodeIdentity.IdBytes} bytes, not {hello.Node.Length}.");
        }

        Theirs = hello;
        if (hello.Protocol != ProtocolVersion.Current)
        {
            return Refused($"{hello.Name} speaks protocol version {hello.Protocol} and {Ours.Name} speaks version " +
                $"{ProtocolVersion.Current}; both need the same.");
        }

        if (hello.Nonce.Length != NodeIdentity.NonceBytes)
        {
            throw new ProtocolException($"A nonce has {NodeIdentity.NonceBytes} bytes, not {hello.Nonce.Length}.");
        }

        if (hello.Secret != secret is not null)
        {
            var (asks, lacks) = hello.Secret ? (hello.Name, Ours.Name) : (Ours.Name, hello.Name);
            return Refused($"{asks} asks for a shared secret and {lacks} has none; both need the same --secret-file or {SharedSecret.Variable}.");
        }

        if (secret is null)
        {
            return Done(null);
        }

        _state = State.AwaitsProof;
        return new HandshakeStep(dials ? OurProof(secret) : null, null);
    }

    /// <exception cref="ProtocolException">It was not its turn.</exception>
    public HandshakeStep On(Proof proof)
    {
        if (_state != State.AwaitsProof || secret is null)
        {
            throw new ProtocolException("A Proof came that was not asked for.");
        }

        var (dialling, listening) = Hellos;
        return secret.IsProof(proof.Mac.Span, !dials, dialling, listening)
            ? Done(dials ? null : OurProof(secret))
            : Refused($"{Theirs!.Name} does not prove the shared secret of {Ours.Name}; both need the same --secret-file or " +
                $"{SharedSecret.Variable}.");
    }

    /// <summary>What the peer has shown before its Hello is reason enough.</summary>
    /// <returns>The sentence.</returns>
    public string Refuse(string sentence)
    {
        _state = State.Refused;
        return sentence;
    }

    private (Hello Dialling, Hello Listening) Hellos => dials ? (Ours, Theirs!) : (Theirs!, Ours);

    private Proof OurProof(SharedSecret key) =>
        new() { Mac = ByteString.CopyFrom(key.Prove(dials, Hellos.Dialling, Hellos.Listening)) };

    private HandshakeStep Done(Proof? send)
    {
        _state = State.Done;
        return new HandshakeStep(send, null);
    }

    private HandshakeStep Refused(string sentence) => new(null, Refuse(sentence));
}

/// <summary>What a frame of the handshake asks for.</summary>
/// <param name="Send">The next frame; null: none.</param>
/// <param name="Refusal">Why the peer cannot stay; null: it may.</param>
internal readonly record struct HandshakeStep(Proof? Send, string? Refusal);
