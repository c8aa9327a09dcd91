using Distributed.Protocol;

namespace Distributed.Actors.Tests.Conformance;

/// <summary>The rules of the seam that every host keeps. Messages between the near and the far node are wire messages.</summary>
public abstract partial class HostConformance
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    protected abstract Task<IRig> CreateRig();

    private static Evaluate Ask(ulong version) => new() { Version = version };

    private static WeightsHeld Answer(ulong version) => new() { Version = version };

    /// <summary>A far actor that answers Evaluate n with WeightsHeld n, fails on Refused, and counts its instances.</summary>
    private static Func<Actor> Echo(Func<ulong>? more = null) => () => new ScriptedActor((self, message) =>
    {
        switch (message)
        {
            case Evaluate ask:
                self.Reply(Answer(ask.Version + (more?.Invoke() ?? 0)));
                break;
            case Refused refused:
                throw new InvalidOperationException(refused.Reason);
            default:
                throw new NotSupportedException($"{message}");
        }
    });

    [Fact]
    public async Task Messages_of_one_sender_arrive_in_order()
    {
        const int count = 5000;
        await using var rig = await CreateRig();
        var far = Recorder.Spawn(rig.Far, "far");
        var near = Recorder.Spawn(rig.Near);
        var target = await rig.SeenFromNear("far");
        near.Do(context =>
        {
            for (var i = 0; i < count; i++)
            {
                context.Tell(target, Ask((ulong)i));
            }
        });
        await rig.Until(() => far.Count == count, "all messages are there");
        Assert.Equal(Enumerable.Range(0, count).Select(i => (ulong)i), far.Of<Evaluate>().Select(ask => ask.Version));
    }

    [Fact]
    public async Task An_answer_told_to_the_sender_reaches_it()
    {
        await using var rig = await CreateRig();
        rig.Far.Spawn("far", Echo());
        var near = Recorder.Spawn(rig.Near);
        var target = await rig.SeenFromNear("far");
        near.Do(context => context.Tell(target, Ask(7)));
        await rig.Until(() => near.Count == 1, "the answer is there");
        Assert.Equal(7u, near.Of<WeightsHeld>()[0].Version);
        Assert.Equal("far", near.Entries[0].Sender!.Path.Split('@')[0]);
    }

    [Fact]
    public async Task Chunks_arrive_whole_with_their_header()
    {
        await using var rig = await CreateRig();
        var far = Recorder.Spawn(rig.Far, "far");
        var near = Recorder.Spawn(rig.Near);
        var target = await rig.SeenFromNear("far");
        var data = Enumerable.Range(0, 1000).Select(i => i * 0.37f).ToArray();
        var header = new ChunkHeader(ChunkKind.Partial, 3, 4, 8, 2, data.Length);
        near.Do(context => context.Tell(target, new TensorChunk(header, data)));
        await rig.Until(() => far.Count == 1, "the chunk is there");
        var chunk = far.Of<TensorChunk>()[0];
        Assert.Equal(header, chunk.Header);
        Assert.Equal(data, chunk.Data.ToArray());
    }

    [Fact]
    public async Task A_name_can_be_taken_once_and_must_keep_the_rule()
    {
        await using var rig = await CreateRig();
        rig.Far.Spawn("far", Echo());
        Assert.Throws<ArgumentException>(() => rig.Far.Spawn("far", Echo()));
        Assert.Throws<ArgumentException>(() => rig.Far.Spawn("Far", Echo()));
        Assert.Throws<ArgumentException>(() => rig.Far.Spawn("", Echo()));
        Assert.Throws<ArgumentException>(() => rig.Far.Spawn(new string('a', 65), Echo()));
    }

    [Fact]
    public async Task A_watcher_is_told_once_when_the_actor_stops()
    {
        await using var rig = await CreateRig();
        var far = rig.Far.Spawn("far", Echo());
        var near = Recorder.Spawn(rig.Near);
        var target = await rig.SeenFromNear("far");
        near.Do(context =>
        {
            context.Watch(target);
            context.Watch(target);
            context.Tell(target, Ask(1));
        });
        await rig.Until(() => near.Count == 1, "the far actor is watched");
        rig.StopFar(far);
        await rig.Until(() => near.Count == 2, "Terminated is there");
        var terminated = near.Of<Terminated>().Single();
        Assert.Equal(target, terminated.Actor);
        Assert.Contains("stopped", terminated.Reason, StringComparison.Ordinal);
        Assert.Null(await rig.Far.WhenStopped(far));
    }

    [Fact]
    public async Task A_watcher_of_a_stopped_actor_is_told_at_once()
    {
        await using var rig = await CreateRig();
        var far = rig.Far.Spawn("far", Echo());
        var near = Recorder.Spawn(rig.Near);
        var target = await rig.SeenFromNear("far");
        near.Do(context => context.Tell(target, Ask(1)));
        await rig.Until(() => near.Count == 1, "the far actor has answered");
        rig.StopFar(far);
        await rig.Until(() => rig.Far.WhenStopped(far).IsCompleted, "it has stopped");
        near.Do(context => context.Watch(target));
        await rig.Until(() => near.Of<Terminated>().Count == 1, "Terminated is there");
    }

    [Fact]
    public async Task Who_no_longer_watches_is_not_told()
    {
        await using var rig = await CreateRig();
        var far = rig.Far.Spawn("far", Echo());
        rig.Far.Spawn("other", Echo());
        var near = Recorder.Spawn(rig.Near);
        var target = await rig.SeenFromNear("far");
        var other = await rig.SeenFromNear("other");
        near.Do(context =>
        {
            context.Watch(target);
            context.Tell(target, Ask(1));
        });
        await rig.Until(() => near.Count == 1, "the far actor is watched");
        near.Do(context => context.Unwatch(target));
        rig.StopFar(far);
        await rig.Until(() => rig.Far.WhenStopped(far).IsCompleted, "it has stopped");
        near.Do(context => context.Tell(other, Ask(2)));
        await rig.Until(() => near.Of<WeightsHeld>().Count == 2, "a message sent later is there");
        Assert.Empty(near.Of<Terminated>());
    }

    [Fact]
    public async Task A_message_to_a_stopped_actor_is_a_dead_letter_and_its_chunk_is_given_back()
    {
        await using var rig = await CreateRig();
        var far = rig.Far.Spawn("far", Echo());
        rig.Far.Spawn("other", Echo());
        var near = Recorder.Spawn(rig.Near);
        var target = await rig.SeenFromNear("far");
        var other = await rig.SeenFromNear("other");
        rig.StopFar(far);
        await rig.Until(() => rig.Far.WhenStopped(far).IsCompleted, "it has stopped");
        var lease = new CountingLease();
        near.Do(context =>
        {
            context.Tell(target, new TensorChunk(new ChunkHeader(ChunkKind.Weights, 1, 0, 0, 0, 4), new float[4], lease));
            context.Tell(other, Ask(2));
        });
        await rig.Until(() => near.Count == 1, "a message sent later is answered");
        await rig.Until(() => lease.Releases == 1, "the chunk is given back");
        Assert.True(rig.DeadLetters >= 1);
    }

    internal sealed class CountingLease : IChunkLease
    {
        private int _releases;

        public int Releases => Volatile.Read(ref _releases);

        public void Release() => Interlocked.Increment(ref _releases);
    }
}
