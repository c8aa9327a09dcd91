using Akka.Actor;
using Distributed.Actors.Akka.Wire;
using Distributed.Actors.Tests;
using Distributed.Protocol;

namespace Distributed.Actors.Akka.Tests;

/// <summary>What Akka.Remote does not promise and the seam does.</summary>
public sealed class ConversationTests
{
    private const int ChunkElements = 1 << 18;

    /// <summary>Many times what may be on its way at once, with other messages between, from one piece of memory that is written anew when it is free.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chunks_and_messages_arrive_in_the_order_they_were_told(bool overTcp)
    {
        const int count = 40;
        await using var rig = new AkkaRig(new AkkaHostOptions { TensorsOverTcp = overTcp, SharesMemory = false });
        var order = new List<(ulong Number, float First, float Last)>();
        rig.Far.Spawn("far", () => new ScriptedActor((self, message) =>
        {
            lock (order)
            {
                if (message is TensorChunk chunk)
                {
                    order.Add(((ulong)chunk.Header.Step, chunk.Data.Span[0], chunk.Data.Span[^1]));
                    chunk.Release();
                }
                else if (message is Evaluate ask)
                {
                    order.Add((ask.Version, -1, -1));
                    self.Reply(new Finish()); // so that this node has said where it takes chunks
                }
            }
        }));
        var near = Recorder.Spawn(rig.Near);
        var target = await rig.SeenFromNear("far");
        near.Do(context => context.Tell(target, new Evaluate { Version = 0 }));
        await rig.Until(() => near.Count == 1, "the far node has answered");
        var lease = new Actors.Tests.Conformance.HostConformance.CountingLease();
        near.Do(context =>
        {
            for (var i = 1; i <= count; i++)
            {
                var memory = new float[ChunkElements];
                memory.AsSpan().Fill(i);
                context.Tell(target, new TensorChunk(new ChunkHeader(ChunkKind.Weights, 2 * i, 0, 0, 0, ChunkElements), memory, lease));
                context.Tell(target, new Evaluate { Version = (2 * (ulong)i) + 1 });
            }
        });
        await rig.Until(() => near.Count == count + 1, "all is answered");
        Assert.Equal(count, lease.Releases);
        Assert.Equal(
            Enumerable.Range(1, count).SelectMany(i => new[] { ((ulong)(2 * i), (float)i, (float)i), ((ulong)((2 * i) + 1), -1f, -1f) }).Prepend((0ul, -1f, -1f)),
            order);
    }

    /// <summary>Number 1 is left out.</summary>
    [Fact]
    public async Task Where_a_message_is_missing_the_conversation_ends_on_both_sides()
    {
        await using var rig = new AkkaRig();
        var far = Recorder.Spawn(rig.Far, "far", (context, message) =>
        {
            if (message is Evaluate) context.Watch(context.Sender!);
        });
        var said = new List<object>();
        var shell = rig.FarNode.ShellOf(far.Ref);
        var address = shell.Path.ToStringWithAddress(rig.FarNode.Address);
        var native = rig.NearNode.System.ActorOf(Props.Create(() => new Listening(said)));
        rig.NearNode.System.ActorSelection(address).Tell(new Identify(null), native);
        await rig.Until(() => Said<ActorIdentity>(said) is not null, "the far actor is known");
        var target = Said<ActorIdentity>(said)!.Subject;

        target.Tell(Message(0), native);
        await rig.Until(() => far.Of<Evaluate>().Count == 1, "the first message is there");
        target.Tell(Message(2), native);

        await rig.Until(() => far.Of<Terminated>().Count == 1, "the far actor is told that the other is lost");
        await rig.Until(() => Said<Broken>(said) is not null, "the near side is told so too");
        Assert.Contains("lost on the way", far.Of<Terminated>()[0].Reason, StringComparison.Ordinal);
        Assert.Equal(77ul, Said<Broken>(said)!.Conversation);
        Assert.Single(far.Of<Evaluate>());

        target.Tell(Message(3), native); // more of the same: nothing is taken
        target.Tell(new Outgoing(nameof(Evaluate), ClusterCodec.Encode(new NumberedHead(78, 0), new Evaluate { Version = 9 })), native); // another conversation
        await rig.Until(() => far.Of<Evaluate>().Count == 2, "the next conversation has begun");
        Assert.Equal([0ul, 9ul], far.Of<Evaluate>().Select(ask => ask.Version));
        Assert.NotEqual(far.Entries[0].Sender, far.Entries[^1].Sender); // as over a new connection

        static Outgoing Message(ulong number) => new(nameof(Evaluate), ClusterCodec.Encode(new NumberedHead(77, number), new Evaluate { Version = number }));
    }

    [Fact]
    public async Task When_the_other_side_begins_anew_the_conversation_before_has_ended()
    {
        await using var rig = new AkkaRig();
        var far = Recorder.Spawn(rig.Far, "far", (context, message) =>
        {
            if (message is Evaluate) context.Watch(context.Sender!);
        });
        var said = new List<object>();
        var native = rig.NearNode.System.ActorOf(Props.Create(() => new Listening(said)));
        rig.NearNode.System.ActorSelection(rig.FarNode.ShellOf(far.Ref).Path.ToStringWithAddress(rig.FarNode.Address)).Tell(new Identify(null), native);
        await rig.Until(() => Said<ActorIdentity>(said) is not null, "the far actor is known");
        foreach (var conversation in (ulong[])[5, 6])
        {
            Said<ActorIdentity>(said)!.Subject.Tell(
                new Outgoing(nameof(Evaluate), ClusterCodec.Encode(new NumberedHead(conversation, 0), new Evaluate { Version = conversation })), native);
        }

        await rig.Until(() => far.Of<Evaluate>().Count == 2 && far.Of<Terminated>().Count == 1, "both are there, and the end of the first");
        Assert.Contains("begun anew", far.Of<Terminated>()[0].Reason, StringComparison.Ordinal);
        Assert.Equal([5ul, 6ul], far.Of<Evaluate>().Select(ask => ask.Version));
    }

    /// <summary>The actor system ends as a killed process does: its actors say nothing.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lost_node_is_told_of_at_once(bool overTcp)
    {
        await using var rig = new AkkaRig(new AkkaHostOptions { TensorsOverTcp = overTcp });
        rig.Far.Spawn("far", () => new ScriptedActor((self, _) => self.Reply(new Finish())));
        var near = Recorder.Spawn(rig.Near);
        var target = await rig.SeenFromNear("far");
        near.Do(context =>
        {
            context.Watch(target);
            context.Tell(target, new Evaluate());
        });
        await rig.Until(() => near.Count == 1, "the far actor is watched");

        await rig.FarNode.System.Terminate();

        await rig.Until(() => near.Of<Terminated>().Count == 1, "Terminated is there");
        near.Do(context => context.Tell(near.Entries[0].Sender!, new Evaluate())); // to one who is gone: dropped
        await rig.Until(() => rig.NearNode.DeadLetters >= 1, "it is a dead letter");
    }

    /// <summary>An actor of Akka.NET's own on the same node, as TestKit's probes are.</summary>
    [Fact]
    public async Task Actors_of_Akka_NETs_own_are_talked_with_as_they_are()
    {
        await using var host = AkkaHost.Start(new AkkaHostOptions());
        var ours = Recorder.Spawn(host, "ours", (context, message) =>
        {
            if (message is not Evaluate) return;
            context.Watch(context.Sender!);
            context.Tell(context.Sender!, new Finish { Reason = "done" });
        });
        var said = new List<object>();
        var native = host.System.ActorOf(Props.Create(() => new Listening(said)));

        host.ShellOf(ours.Ref).Tell(new Evaluate { Version = 4 }, native);
        await Actors.Tests.Wait.Until(() => Said<Finish>(said) is not null, "the answer is there");
        host.System.Stop(native);
        await Actors.Tests.Wait.Until(() => ours.Of<Terminated>().Count == 1, "its end is told");
        Assert.Equal(host.RefTo(native), ours.Of<Terminated>()[0].Actor);
        Assert.Equal("done", Said<Finish>(said)!.Reason);
        host.ShellOf(ours.Ref).Tell("a text", native); // none of our messages
        host.ShellOf(ours.Ref).Tell(new Evaluate { Version = 5 }, ActorRefs.NoSender);
        await Actors.Tests.Wait.Until(() => ours.Of<Evaluate>().Count == 2, "a later one is there");
        Assert.Null(ours.Entries[^1].Sender);
        Assert.Empty(ours.Of<string>());
    }

    private static T? Said<T>(List<object> said)
        where T : class
    {
        lock (said) return said.OfType<T>().FirstOrDefault();
    }

    private sealed class Listening(List<object> said) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            lock (said) said.Add(message);
        }
    }
}
