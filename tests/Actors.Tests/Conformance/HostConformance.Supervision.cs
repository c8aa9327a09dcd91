using Distributed.Protocol;

namespace Distributed.Actors.Tests.Conformance;

public abstract partial class HostConformance
{
    private static readonly Refused Break = new() { Reason = "broken by the test" };

    [Fact]
    public async Task A_failing_actor_is_restarted_with_new_state_and_its_mailbox()
    {
        await using var rig = await CreateRig();
        int created = 0, stopped = 0;
        rig.Far.Spawn("far", () =>
        {
            var instance = (ulong)Interlocked.Increment(ref created);
            var handled = 0ul;
            return new ScriptedActor(
                (self, message) =>
                {
                    handled++;
                    if (message is Refused refused)
                    {
                        throw new InvalidOperationException(refused.Reason);
                    }

                    self.Reply(new PartialDone { Step = instance, Samples = (uint)handled });
                },
                stopped: _ => Interlocked.Increment(ref stopped));
        });
        var near = Recorder.Spawn(rig.Near);
        var target = await rig.SeenFromNear("far");
        near.Do(context =>
        {
            context.Watch(target);
            context.Tell(target, Ask(1));
            context.Tell(target, Ask(2));
            context.Tell(target, Break);
            context.Tell(target, Ask(3));
        });
        await rig.Until(() => near.Count == 3, "three answers are there");
        Assert.Equal([(1ul, 1u), (1ul, 2u), (2ul, 1u)], near.Of<PartialDone>().Select(done => (done.Step, done.Samples)));
        Assert.Equal((2, 1), (created, stopped));
    }

    [Fact]
    public async Task Past_its_budget_it_is_stopped_with_the_exception()
    {
        await using var rig = await CreateRig();
        var far = rig.Far.Spawn("far", Echo(), new Supervision(2, TimeSpan.FromMinutes(1)));
        var near = Recorder.Spawn(rig.Near);
        var target = await rig.SeenFromNear("far");
        near.Do(context =>
        {
            context.Watch(target);
            context.Tell(target, Break);
            context.Tell(target, Break);
            context.Tell(target, Ask(1));
        });
        await rig.Until(() => near.Count == 1, "it has answered after two restarts");
        near.Do(context => context.Tell(target, Break));
        await rig.Until(() => near.Of<Terminated>().Count == 1, "Terminated is there");
        Assert.Contains("broken by the test", near.Of<Terminated>()[0].Reason, StringComparison.Ordinal);
        Assert.Equal("broken by the test", (await rig.Far.WhenStopped(far))?.Message);
    }

    [Fact]
    public async Task The_budget_is_counted_within_its_window()
    {
        await using var rig = await CreateRig();
        rig.Far.Spawn("far", Echo(), new Supervision(1, 5 * Tick));
        var near = Recorder.Spawn(rig.Near);
        var target = await rig.SeenFromNear("far");
        for (var round = 1; round <= 3; round++)
        {
            near.Do(context =>
            {
                context.Tell(target, Break);
                context.Tell(target, Ask(1));
            });
            await rig.Until(() => near.Count == round, $"it has answered after failure {round}");
            await rig.Advance(6 * Tick);
        }
    }

    [Fact]
    public async Task A_failure_in_Started_counts()
    {
        await using var rig = await CreateRig();
        var attempts = 0;
        var far = rig.Far.Spawn(
            "far",
            () => new ScriptedActor((_, _) => { }, started: _ =>
            {
                Interlocked.Increment(ref attempts);
                throw new InvalidOperationException("cannot start");
            }),
            new Supervision(3, TimeSpan.FromMinutes(1)));
        await rig.Until(() => rig.Far.WhenStopped(far).IsCompleted, "it is given up");
        Assert.Equal("cannot start", (await rig.Far.WhenStopped(far))?.Message);
        Assert.Equal(4, attempts);
    }

    [Fact]
    public async Task Children_stop_with_their_parent_and_when_it_restarts()
    {
        await using var rig = await CreateRig();
        var born = new List<ActorRef>();
        var far = rig.Far.Spawn("far", () => new ScriptedActor(
            (self, message) =>
            {
                if (message is Refused)
                {
                    throw new InvalidOperationException("broken by the test");
                }

                self.Reply(Answer((ulong)born.Count));
            },
            started: self => born.Add(self.Context.Spawn("far/child", Echo()))));
        var near = Recorder.Spawn(rig.Near);
        var target = await rig.SeenFromNear("far");
        near.Do(context =>
        {
            context.Tell(target, Break);
            context.Tell(target, Ask(1));
        });
        await rig.Until(() => near.Count == 1, "it has restarted");
        Assert.Equal(2, born.Count);
        await rig.Until(() => rig.Far.WhenStopped(born[0]).IsCompleted, "the first child has stopped");
        Assert.False(rig.Far.WhenStopped(born[1]).IsCompleted);
        rig.StopFar(far);
        await rig.Until(() => rig.Far.WhenStopped(born[1]).IsCompleted, "the second child has stopped");
    }

    [Fact]
    public async Task A_parent_that_watches_hears_of_its_failed_child()
    {
        await using var rig = await CreateRig();
        ActorRef? asker = null;
        rig.Far.Spawn("far", () => new ScriptedActor(
            (self, message) =>
            {
                switch (message)
                {
                    case Evaluate:
                        asker = self.Context.Sender;
                        var child = self.Context.Spawn("far/child", Echo(), Supervision.Never);
                        self.Context.Watch(child);
                        self.Context.Tell(child, Break);
                        break;
                    case Terminated terminated:
                        self.Context.Tell(asker!, new WorkFailed { Reason = terminated.Reason });
                        break;
                }
            }));
        var near = Recorder.Spawn(rig.Near);
        var target = await rig.SeenFromNear("far");
        near.Do(context => context.Tell(target, Ask(1)));
        await rig.Until(() => near.Count == 1, "the parent was told");
        Assert.Contains("broken by the test", near.Of<WorkFailed>()[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_drops_what_still_waits()
    {
        await using var rig = await CreateRig();
        var lease = new CountingLease();
        var handled = 0;
        var far = rig.Far.Spawn("far", () => new ScriptedActor((self, message) =>
        {
            handled++;
            for (var i = 0; i < 3; i++)
            {
                self.Context.Tell(
                    self.Context.Self, new TensorChunk(new ChunkHeader(ChunkKind.Weights, 1, i, 0, 0, 4), new float[4], lease));
            }

            self.Context.Stop(self.Context.Self);
        }));
        far.Tell(Ask(1));
        await rig.Until(() => rig.Far.WhenStopped(far).IsCompleted, "it has stopped");
        Assert.Equal((1, 3), (handled, lease.Releases));
        Assert.Equal(3, rig.DeadLetters);
    }
}
