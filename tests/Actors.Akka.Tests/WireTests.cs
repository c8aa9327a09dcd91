using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Distributed.Actors.Akka.Wire;
using Distributed.Actors.Tests;
using Distributed.Protocol;

namespace Distributed.Actors.Akka.Tests;

/// <summary>What goes from node to node, and what does not.</summary>
public sealed class WireTests
{
    [Fact]
    public async Task Only_the_messages_of_the_table_have_a_serializer()
    {
        await using var host = AkkaHost.Start(new AkkaHostOptions());
        var serialization = host.System.Serialization;
        foreach (var message in (object[])[new Finish(), new TensorChunk(new ChunkHeader(ChunkKind.Weights, 0, 0, 0, 0, 1), new float[1]), new Taken(), new Broken()])
            Assert.IsType<FrameSerializer>(serialization.FindSerializerFor(message));
        foreach (var message in (object[])[new Version(1, 2), new[] { 1, 2 }, new { Name = "x" }, new Uri("http://x")])
            Assert.Throws<SerializationException>(() => serialization.FindSerializerFor(message).ToBinary(message));
    }

    /// <summary>1, 2, 3: Akka.NET's serializers of JSON, of protobuf by a type's name, and of actors to be made.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Nothing_is_made_of_a_type_that_a_peer_names(int serializer)
    {
        await using var host = AkkaHost.Start(new AkkaHostOptions());
        var bytes = Encoding.UTF8.GetBytes("""{"$type":"System.Version, System.Private.CoreLib","Major":1}""");
        Assert.ThrowsAny<Exception>(() => host.System.Serialization.Deserialize(bytes, serializer, "System.Version, System.Private.CoreLib"));
        Assert.ThrowsAny<Exception>(() => host.System.Serialization.Deserialize(bytes, serializer, typeof(Version)));
    }

    [Fact]
    public async Task A_wrong_manifest_a_wrong_body_and_damage_are_refused()
    {
        await using var host = AkkaHost.Start(new AkkaHostOptions());
        var serializer = (FrameSerializer)host.System.Serialization.FindSerializerFor(new Finish());
        var frame = ClusterCodec.Encode(new Finish { Reason = "done" });
        Assert.Equal(new Finish { Reason = "done" }, serializer.FromBinary(frame, "Finish"));
        foreach (var manifest in new[] { "", "#", "Wait", "#Finish", "System.String", "Numbered", "Outgoing", new string('x', 10_000) })
            Assert.Throws<SerializationException>(() => serializer.FromBinary(frame, manifest));
        Assert.Throws<SerializationException>(() => serializer.FromBinary(new byte[ClusterCodec.MaxBytes + 1], "Finish"));
        frame[^1] ^= 1;
        Assert.Throws<SerializationException>(() => serializer.FromBinary(frame, "Finish"));
    }

    /// <summary>Somebody who speaks Akka.Remote and nothing of ours.</summary>
    [Fact]
    public async Task A_stranger_on_Akka_Remote_changes_nothing()
    {
        await using var rig = new AkkaRig();
        var far = Recorder.Spawn(rig.Far, "far");
        using var stranger = ActorSystem.Create("stranger", "akka.actor.provider = remote\nakka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }\nakka.stdout-loglevel = OFF");
        var selection = stranger.ActorSelection(rig.FarNode.ShellOf(far.Ref).Path.ToStringWithAddress(rig.FarNode.Address));
        for (var i = 0; i < 20; i++)
        {
            selection.Tell(new Version(1, i));
            selection.Tell("a text");
            selection.Tell(i);
        }

        // What is told to one actor comes in order: when this is answered all of it was there.
        await selection.Ask<ActorIdentity>(new Identify(1), TimeSpan.FromSeconds(30));
        var target = await rig.SeenFromNear("far");
        var near = Recorder.Spawn(rig.Near);
        near.Do(context => context.Tell(target, new Finish { Reason = "ours" }));
        await rig.Until(() => far.Of<Finish>().Count == 1, "ours is there");
        Assert.Equal(1, far.Count);
    }
}
