using Distributed.Protocol;

namespace Distributed.Actors.Tests.Conformance;

public abstract partial class HostConformance
{
    [Fact]
    public async Task An_actor_is_told_whether_more_messages_wait()
    {
        await using var rig = await CreateRig();
        var seen = new List<bool>();
        var near = Recorder.Spawn(rig.Near, onMessage: (context, _) => seen.Add(context.HasMore));
        near.Do(context =>
        {
            for (var i = 1; i <= 3; i++) context.Tell(context.Self, Ask((ulong)i));
        });
        await rig.Until(() => near.Of<Evaluate>().Count == 3 && seen.Count == 3, "all three are handled");
        Assert.Equal([true, true, false], seen);
    }

    [Fact]
    public async Task All_parts_of_what_is_split_are_done_in_the_turn()
    {
        await using var rig = await CreateRig();
        var (done, failures) = (new int[50], 0);
        var near = Recorder.Spawn(rig.Near);
        near.Do(context =>
        {
            context.Split(done.Length, part => Interlocked.Increment(ref done[part]));
            context.Tell(context.Self, Ask((ulong)done.Sum()));
            try
            {
                context.Split(3, part => throw new InvalidDataException($"part {part}"));
            }
            catch (InvalidDataException)
            {
                failures++;
            }
        });
        await rig.Until(() => near.Of<Evaluate>().Count == 1, "it is done");
        Assert.All(done, times => Assert.Equal(1, times));
        Assert.Equal(50ul, near.Of<Evaluate>()[0].Version);
        Assert.Equal(1, failures);
    }

    [Fact]
    public async Task A_timer_fires_once_after_its_delay()
    {
        await using var rig = await CreateRig();
        var near = Recorder.Spawn(rig.Near);
        near.Do(context => context.StartTimer("once", 2 * Tick, Ask(1)));
        await Settle(rig, near, 0);
        await rig.Advance(Tick);
        await Settle(rig, near, 1);
        Assert.Empty(near.Of<Evaluate>());
        await rig.Advance(10 * Tick);
        await Settle(rig, near, 2);
        Assert.Single(near.Of<Evaluate>());
    }

    [Fact]
    public async Task A_timer_repeats_until_it_is_cancelled()
    {
        await using var rig = await CreateRig();
        var near = Recorder.Spawn(rig.Near);
        near.Do(context => context.StartTimer("again", Tick, Ask(1), repeat: true));
        await Settle(rig, near, 0);
        for (var round = 1; round <= 4; round++)
        {
            await rig.Advance(Tick);
            await rig.Until(() => near.Of<Evaluate>().Count == round, $"firing {round} is there");
        }

        near.Do(context => context.CancelTimer("again"));
        await Settle(rig, near, 1);
        await rig.Advance(5 * Tick);
        await Settle(rig, near, 2);
        Assert.Equal(4, near.Of<Evaluate>().Count);
    }

    [Fact]
    public async Task A_timer_replaces_the_one_of_the_same_key()
    {
        await using var rig = await CreateRig();
        var near = Recorder.Spawn(rig.Near);
        near.Do(context =>
        {
            context.StartTimer("key", Tick, Ask(1));
            context.StartTimer("key", 2 * Tick, Ask(2));
            context.StartTimer("other", 2 * Tick, Ask(3));
        });
        await Settle(rig, near, 0);
        await rig.Advance(5 * Tick);
        await Settle(rig, near, 1);
        Assert.Equal([2ul, 3ul], near.Of<Evaluate>().Select(ask => ask.Version).Order());
    }

    /// <summary>Of another key, a repeating one, and one that is cancelled: nothing of the timer that has fired is left in them.</summary>
    [Fact]
    public async Task Timers_that_are_started_after_one_has_fired_are_as_the_first()
    {
        await using var rig = await CreateRig();
        var near = Recorder.Spawn(rig.Near);
        near.Do(context => context.StartTimer("first", Tick, Ask(1)));
        await Settle(rig, near, 0);
        await rig.Advance(Tick);
        await rig.Until(() => near.Of<Evaluate>().Count == 1, "the first has fired");
        near.Do(context => context.StartTimer("second", Tick, Ask(2), repeat: true));
        near.Do(context => context.CancelTimer("first"));
        await Settle(rig, near, 1);
        for (var round = 2; round <= 3; round++)
        {
            await rig.Advance(Tick);
            await rig.Until(() => near.Of<Evaluate>().Count == round, $"firing {round} is there");
        }

        near.Do(context => context.CancelTimer("second"));
        await Settle(rig, near, 2);
        await rig.Advance(5 * Tick);
        await Settle(rig, near, 3);
        Assert.Equal([1ul, 2ul, 2ul], near.Of<Evaluate>().Select(ask => ask.Version));
    }

    [Fact]
    public async Task A_firing_that_waits_in_the_mailbox_is_void_once_the_timer_is_cancelled()
    {
        await using var rig = await CreateRig();
        var near = Recorder.Spawn(rig.Near);
        near.Do(context => context.StartTimer("key", TimeSpan.Zero, Ask(1)));
        near.Do(context => context.CancelTimer("key"));
        await rig.Advance(Tick);
        await Settle(rig, near, 0);
        var before = near.Of<Evaluate>().Count; // The firing may have been first, but none comes after the cancel.
        await rig.Advance(Tick);
        await Settle(rig, near, 1);
        Assert.Equal(before, near.Of<Evaluate>().Count);
    }

    [Fact]
    public async Task Timers_of_an_earlier_incarnation_do_not_fire()
    {
        await using var rig = await CreateRig();
        var got = new List<object>();
        var instances = 0;
        var far = rig.Far.Spawn("far", () => new ScriptedActor(
            (self, message) =>
            {
                got.Add(message);
                if (message is Refused)
                {
                    throw new InvalidOperationException("broken by the test");
                }
            },
            started: self =>
            {
                if (instances++ == 0)
                {
                    self.Context.StartTimer("old", Tick, Ask(1), repeat: true);
                }
            }));
        far.Tell(Break);
        await rig.Until(() => instances == 2, "it has restarted");
        await rig.Advance(5 * Tick);
        far.Tell(Ask(9));
        await rig.Until(() => got.Count >= 2, "the marker is there");
        Assert.Equal([Break, Ask(9)], got);
    }

    [Fact]
    public async Task Work_runs_one_at_a_time_in_order_and_its_posts_arrive_in_order()
    {
        await using var rig = await CreateRig();
        var near = Recorder.Spawn(rig.Near);
        var running = 0;
        near.Do(context =>
        {
            for (var item = 0; item < 5; item++)
            {
                var first = (ulong)item * 10;
                context.Run($"work {item}", post =>
                {
                    Assert.Equal(1, Interlocked.Increment(ref running));
                    for (var i = 0ul; i < 10; i++)
                    {
                        post(Ask(first + i));
                    }

                    Interlocked.Decrement(ref running);
                });
            }
        });
        await rig.Until(() => near.Count == 50, "all posts are there");
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (ulong)i), near.Of<Evaluate>().Select(ask => ask.Version));
    }

    [Fact]
    public async Task A_failure_of_work_comes_as_WorkFaulted_after_its_posts()
    {
        await using var rig = await CreateRig();
        var near = Recorder.Spawn(rig.Near);
        near.Do(context =>
        {
            context.Run("breaking", post =>
            {
                post(Ask(1));
                throw new InvalidOperationException("broken by the test");
            });
            context.Run("next", post => post(Ask(2)));
        });
        await rig.Until(() => near.Count == 3, "everything is there");
        Assert.Equal([typeof(Evaluate), typeof(WorkFaulted), typeof(Evaluate)], near.Messages.Select(message => message.GetType()));
        Assert.Equal(("breaking", "broken by the test"), (near.Of<WorkFaulted>()[0].Name, near.Of<WorkFaulted>()[0].Exception.Message));
    }

    [Fact]
    public async Task Posts_of_work_of_an_earlier_incarnation_are_dropped()
    {
        await using var rig = await CreateRig();
        var got = new List<object>();
        var instances = 0;
        var lease = new CountingLease();
        rig.Far.Spawn("far", () => new ScriptedActor(
            (_, message) =>
            {
                got.Add(message);
                if (message is Refused)
                {
                    throw new InvalidOperationException("broken by the test");
                }
            },
            started: self =>
            {
                if (instances++ == 0)
                {
                    self.Context.Run("old", post =>
                    {
                        post(Break);
                        post(new TensorChunk(new ChunkHeader(ChunkKind.Weights, 1, 0, 0, 0, 4), new float[4], lease));
                        post(Ask(1));
                    });
                    self.Context.Run("old and not begun or fenced", post => post(Ask(2)));
                }
                else
                {
                    self.Context.Run("new", post => post(Ask(3)));
                }
            }));
        await rig.Until(() => got.Count >= 2, "the new incarnation's post is there");
        Assert.Equal([Break, Ask(3)], got);
        Assert.Equal(1, lease.Releases);
    }

    [Fact]
    public async Task The_context_refuses_calls_from_work()
    {
        await using var rig = await CreateRig();
        var near = Recorder.Spawn(rig.Near);
        near.Do(context => context.Run("outside", _ => context.StartTimer("key", Tick, Ask(1))));
        await rig.Until(() => near.Count == 1, "the failure is there");
        Assert.IsType<InvalidOperationException>(near.Of<WorkFaulted>()[0].Exception);
    }

    /// <summary>Waits until everything told to the probe before is handled.</summary>
    private static async Task Settle(IRig rig, Probe probe, int round)
    {
        probe.Ref.Tell(new Marker());
        await rig.Until(() => probe.Of<Marker>().Count == round + 1, "what was told before is handled");
    }

    private sealed record Marker;
}
