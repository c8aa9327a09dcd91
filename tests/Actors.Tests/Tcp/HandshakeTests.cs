using System.Text;
using Distributed.Actors.Tcp;
using Distributed.Protocol;
using Google.Protobuf;

namespace Distributed.Actors.Tests.Tcp;

/// <summary>The handshake as a machine without sockets: who is let in, and what is said to those who are not.</summary>
public sealed class HandshakeTests
{
    private static readonly SharedSecret Right = Secret("correct horse battery staple");
    private static readonly SharedSecret Wrong = Secret("correct horse battery stapler");

    [Fact]
    public void With_the_same_secret_both_sides_are_done_and_the_listening_side_proves_nothing_before()
    {
        var (dialling, listening) = Pair(Right, Right);
        Assert.Null(listening.On(dialling.Ours).Send);
        var first = dialling.On(listening.Ours).Send!;
        Assert.False(dialling.IsDone || listening.IsDone);
        var second = listening.On(first).Send!;
        Assert.True(listening.IsDone);
        Assert.Equal(new HandshakeStep(null, null), dialling.On(second));
        Assert.True(dialling.IsDone);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Without_secrets_Hello_is_enough()
    {
        var (dialling, listening) = Pair(null, null);
        Assert.Equal(new HandshakeStep(null, null), listening.On(dialling.Ours));
        dialling.On(listening.Ours);
        Assert.True(dialling.IsDone && listening.IsDone);
        Assert.Throws<ProtocolException>(() => dialling.On(new Proof()));
    }

    [Fact]
    public void Another_secret_is_refused_and_answered_with_no_proof()
    {
        var (dialling, listening) = Pair(Wrong, Right);
        listening.On(dialling.Ours);
        var step = listening.On(dialling.On(listening.Ours).Send!);
        Assert.Null(step.Send);
        Assert.Equal(
            "dialling/1 does not prove the shared secret of listening/2; both need the same --secret-file or DISTRIBUTED_SECRET.", step.Refusal);
        Assert.False(listening.IsDone);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_secret_on_one_side_only_is_told_on_both(bool onDiallingSide)
    {
        var (dialling, listening) = Pair(onDiallingSide ? Right : null, onDiallingSide ? null : Right);
        var steps = new[] { dialling.On(listening.Ours), listening.On(dialling.Ours) };
        Assert.All(steps, step => Assert.Contains(
            onDiallingSide ? "dialling/1 asks for a shared secret and listening/2 has none" : "listening/2 asks for a shared secret and dialling/1 has none",
            step.Refusal, StringComparison.Ordinal));
        Assert.False(dialling.IsDone || listening.IsDone);
    }

    [Fact]
    public void A_flag_that_says_there_is_a_secret_is_no_proof()
    {
        var (dialling, listening) = Pair(Right, Right);
        listening.On(dialling.Ours);
        Assert.NotNull(listening.On(new Proof()).Refusal);
        Assert.Throws<ProtocolException>(() => listening.On(dialling.On(listening.Ours).Send!));
        Assert.False(listening.IsDone);
    }

    [Fact]
    public void What_a_side_said_itself_proves_nothing_to_it()
    {
        // A stranger answers with our own Hello, then with our own Proof.
        var dialling = new Handshake(new NodeIdentity("dialling/1"), Right, dials: true);
        var proof = dialling.On(dialling.Ours).Send!;
        Assert.NotNull(dialling.On(proof).Refusal);

        // A proof for one connection is worth nothing on the next.
        var (first, listening) = Pair(Right, Right);
        listening.On(first.Ours);
        var old = first.On(listening.Ours).Send!;
        var next = new Handshake(new NodeIdentity("listening/2"), Right, dials: false);
        next.On(first.Ours);
        Assert.NotNull(next.On(old).Refusal);
    }

    [Fact]
    public void Every_bit_of_a_proof_and_of_what_it_covers_counts()
    {
        var (dialling, listening) = Pair(Right, Right);
        var (d, l) = (dialling.Ours, listening.Ours);
        var mac = Right.Prove(dials: true, d, l);
        Assert.True(Right.IsProof(mac, dials: true, d, l));
        Assert.False(Right.IsProof(mac, dials: false, d, l));
        Assert.False(Right.IsProof(mac, dials: true, l, d));
        Assert.False(Right.IsProof(mac[..31], dials: true, d, l));
        Hello[] others =
        [
            new(d) { Protocol = d.Protocol + 1 }, new(d) { Node = Flip(d.Node) }, new(d) { Nonce = Flip(d.Nonce) },
        ];
        Assert.All(others, other => Assert.False(Right.IsProof(mac, dials: true, other, l)));
        Assert.False(Right.IsProof(mac, dials: true, d, new Hello(l) { Node = Flip(l.Node) }));
        Assert.False(Right.IsProof(mac, dials: true, d, new Hello(l) { Nonce = Flip(l.Nonce) }));
        for (var bit = 0; bit < 256; bit++)
        {
            mac[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(Right.IsProof(mac, dials: true, d, l));
            mac[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    [Fact]
    public void Nonces_are_new_for_every_connection()
    {
        var node = new NodeIdentity("a");
        Assert.NotEqual(node.Hello(true).Nonce, node.Hello(true).Nonce);
        Assert.Equal(node.Hello(true).Node, node.Hello(true).Node);
    }

    [Fact]
    public void Hellos_of_another_form_are_no_Hellos()
    {
        Hello[] bad = [new() { Protocol = ProtocolVersion.Current }, new(RawPeer.Hello()) { Nonce = ByteString.Empty }, new(RawPeer.Hello()) { Node = ByteString.Empty }];
        Assert.All(bad, hello => Assert.Throws<ProtocolException>(() => Pair(null, null).Listening.On(hello)));
        var (dialling, listening) = Pair(null, null);
        listening.On(dialling.Ours);
        Assert.Throws<ProtocolException>(() => listening.On(dialling.Ours));
    }

    [Theory]
    [InlineData("0123456789abcde\n", 15)]
    [InlineData("", 0)]
    public void Short_secrets_are_refused_with_a_sentence(string text, int bytes)
    {
        var exception = Assert.Throws<HostException>(() => SharedSecret.From(Encoding.UTF8.GetBytes(text), "secret.txt"));
        Assert.StartsWith($"secret.txt: a shared secret has 16 to 4096 bytes, this one has {bytes};", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("abcde", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_ends_at_the_end_are_not_part_of_a_secret()
    {
        var (a, b) = (Secret("0123456789abcdef"), Secret("0123456789abcdef\r\n"));
        var (dialling, listening) = Pair(a, b);
        listening.On(dialling.Ours);
        Assert.Null(listening.On(dialling.On(listening.Ours).Send!).Refusal);
        Assert.Equal("a shared secret", a.ToString());
    }

    private static SharedSecret Secret(string text) => SharedSecret.From(Encoding.UTF8.GetBytes(text), "test");

    private static (Handshake Dialling, Handshake Listening) Pair(SharedSecret? dialling, SharedSecret? listening) =>
        (new Handshake(new NodeIdentity("dialling/1"), dialling, dials: true), new Handshake(new NodeIdentity("listening/2"), listening, dials: false));

    private static ByteString Flip(ByteString bytes) => ByteString.CopyFrom([(byte)(bytes[0] ^ 1), .. bytes.Span[1..]]);
}
