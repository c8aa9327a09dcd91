using System.Buffers;
using Distributed.Protocol;

namespace Distributed.Actors.Tests.Simulations;

public sealed class SimulationTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public void The_same_seed_gives_the_same_transcript_and_another_seed_another()
    {
        var first = RunGossip(seed: 7);
        Assert.Equal(first, RunGossip(seed: 7));
        Assert.NotEqual(first, RunGossip(seed: 8));
        Assert.Contains(first, line => line.Contains("partial step 3", StringComparison.Ordinal));
        Assert.Contains(first, line => line.Contains("w1 is killed", StringComparison.Ordinal));
        Assert.True(first.Count > 100, $"{first.Count} lines");
    }

    [Fact]
    public void A_killed_node_is_noticed_after_the_detection_time()
    {
        var simulation = new Simulation(1);
        var far = simulation.AddNode("far", node => node.Spawn("actor", () => new ScriptedActor((self, _) => self.Reply(new WeightsHeld()))));
        var near = simulation.AddNode("near");
        var probe = Recorder.Spawn(near);
        var target = near.Remote(far, "actor");
        probe.Do(context =>
        {
            context.Watch(target);
            context.Tell(target, new Evaluate());
        });
        Assert.True(simulation.RunUntil(() => probe.Count == 1, Long));
        var answerer = probe.Entries[0].Sender!;
        probe.Do(context => context.Watch(answerer));
        var stopped = far.WhenStopped(far.Find("actor")!);
        var killed = simulation.Now;
        far.Kill();
        Assert.True(stopped.IsCompleted);
        Assert.True(simulation.RunUntil(() => probe.Of<Terminated>().Count == 2, Long));
        Assert.Equal(simulation.DetectionTime, simulation.Now - killed);
        Assert.Equal([target, answerer], probe.Of<Terminated>().Select(terminated => terminated.Actor));

        // The restarted node is reached by name; the ref of the old connection is dead.
        far.Restart();
        probe.Do(context =>
        {
            context.Tell(answerer, new Evaluate());
            context.Tell(target, new Evaluate());
        });
        simulation.RunFor(Long);
        Assert.Equal(2, probe.Of<WeightsHeld>().Count);
        Assert.NotEqual(answerer, probe.Entries[^1].Sender);
    }

    [Fact]
    public void A_disconnection_tells_both_sides_and_heals()
    {
        var simulation = new Simulation(1);
        var (a, b) = (simulation.AddNode("a"), simulation.AddNode("b"));
        var (onA, onB) = (Recorder.Spawn(a, "x"), Recorder.Spawn(b, "x"));
        var (seenFromA, seenFromB) = (a.Remote(b, "x"), b.Remote(a, "x"));
        onA.Do(context => context.Watch(seenFromA));
        onB.Do(context => context.Watch(seenFromB));
        simulation.RunFor(TimeSpan.FromSeconds(1));
        onA.Do(context => context.Tell(seenFromA, new Evaluate { Version = 1 }));
        simulation.RunUntil(() => false, TimeSpan.Zero);
        simulation.Disconnect(a, b, healAfter: TimeSpan.FromSeconds(3));
        Assert.True(simulation.RunUntil(() => onA.Of<Terminated>().Count == 1 && onB.Of<Terminated>().Count == 1, Long));
        onA.Do(context => context.Tell(seenFromA, new Evaluate { Version = 2 }));
        simulation.RunFor(TimeSpan.FromSeconds(4));
        onA.Do(context => context.Tell(seenFromA, new Evaluate { Version = 3 }));
        simulation.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal([3ul], onB.Of<Evaluate>().Select(ask => ask.Version));
    }

    [Fact]
    public void Work_takes_virtual_time_and_its_posts_come_within_it()
    {
        var simulation = new Simulation(1) { WorkDuration = (_, name) => name == "long" ? TimeSpan.FromSeconds(8) : TimeSpan.Zero };
        var node = simulation.AddNode("a");
        var at = new List<TimeSpan>();
        var probe = Recorder.Spawn(node, onMessage: (context, _) => at.Add(context.Now));
        probe.Do(context =>
        {
            context.Run("long", post =>
            {
                post("1");
                post("2");
            });
            context.Run("short", post => post("3"));
        });
        simulation.RunFor(Long);
        Assert.Equal([4.0, 8.0, 8.0], at.Select(time => time.TotalSeconds));
        Assert.Equal(["1", "2", "3"], probe.Of<string>());
    }

    [Fact]
    public void Work_of_a_killed_node_ends_with_it()
    {
        var simulation = new Simulation(1);
        var node = simulation.AddNode("a");
        var probe = Recorder.Spawn(node);
        probe.Do(context => context.Run("work", post => post("late")));
        simulation.RunFor(TimeSpan.FromMilliseconds(5));
        node.Kill();
        simulation.RunFor(Long);
        Assert.Equal(0, probe.Count);
        Assert.Throws<InvalidOperationException>(() => node.Spawn("b", () => new ScriptedActor((_, _) => { })));
    }

    [Fact]
    public void A_chunk_is_copied_between_nodes_and_both_sides_give_it_back()
    {
        var simulation = new Simulation(1);
        var (a, b) = (simulation.AddNode("a"), simulation.AddNode("b"));
        var (onA, onB) = (Recorder.Spawn(a, "x"), Recorder.Spawn(b, "x"));
        var pool = new ChunkPool();
        b.RegisterDestination("x", pool);
        var data = new float[] { 1, 2, 3 };
        onA.Do(context => context.Tell(a.Remote(b, "x"), new TensorChunk(new ChunkHeader(ChunkKind.Weights, 1, 0, 0, 0, 3), data)));
        Assert.True(simulation.RunUntil(() => onB.Count == 1, Long));
        data[0] = 9;
        var chunk = onB.Of<TensorChunk>()[0];
        Assert.Equal([1f, 2f, 3f], chunk.Data.ToArray());
        Assert.Equal(1, pool.Lent);
        chunk.Release();
        Assert.Equal(0, pool.Lent);
    }

    [Fact]
    public void Frames_in_pieces_are_told_of_with_all_their_bytes()
    {
        var told = new List<SimulatedFrame>();
        var simulation = new Simulation(1) { Network = new NetworkFaults { Fragment = 1 }, Observe = told.Add };
        var (a, b) = (simulation.AddNode("a"), simulation.AddNode("b"));
        var (onA, onB) = (Recorder.Spawn(a, "x"), Recorder.Spawn(b, "x"));
        for (var elements = 1; elements <= 100; elements += 33)
        {
            var chunk = new TensorChunk(new ChunkHeader(ChunkKind.Weights, 1, 0, 0, 0, elements), new float[elements]);
            onA.Do(context => context.Tell(a.Remote(b, "x"), chunk));
            onA.Do(context => context.Tell(a.Remote(b, "x"), new WeightsHeld { Version = (ulong)chunk.Header.Elements }));
        }

        Assert.True(simulation.RunUntil(() => onB.Count == 8, Long));
        Assert.Equal(8, simulation.Counts.Fragmented);
        Assert.Equal(8, told.Count);
        foreach (var frame in told)
        {
            Assert.Equal(FrameEncoder.Write(new ArrayBufferWriter<byte>(), "x", "x", frame.Message), frame.Bytes);
        }
    }

    [Fact]
    public void Turns_are_told_of_by_their_node_and_hold_all_that_the_actor_does()
    {
        var simulation = new Simulation(1);
        var told = new List<string>();
        simulation.TurnBegins = host => told.Add($"{host.Name} begins");
        simulation.TurnEnded = host => told.Add($"{host.Name} ends");
        var answerer = simulation.AddNode("b", node => node.Spawn("x", () => new ScriptedActor((self, _) =>
        {
            told.Add("b answers");
            self.Reply(new WeightsHeld());
        })));
        var asker = simulation.AddNode("a");
        var probe = Recorder.Spawn(asker);
        probe.Do(context => context.Tell(asker.Remote(answerer, "x"), new Evaluate()));
        Assert.True(simulation.RunUntil(() => probe.Count == 1, Long));
        simulation.RunFor(Long);
        Assert.Equal(["b begins", "b answers", "b ends"], told.Skip(told.IndexOf("b answers") - 1).Take(3));
        for (var i = 0; i < told.Count; i++)
        {
            if (told[i].EndsWith("begins", StringComparison.Ordinal)) Assert.EndsWith("ends", told.Skip(i + 1).First(line => line != "b answers"));
        }
    }

    /// <summary>Three nodes that pass numbers and chunks around, with work, timers, a kill and a lost connection.</summary>
    private static List<string> RunGossip(ulong seed)
    {
        var lines = new List<string>();
        var simulation = new Simulation(seed) { Transcript = lines.Add, DetectionTime = TimeSpan.FromMilliseconds(50) };
        SimulatorHost[] nodes = new SimulatorHost[3];
        for (var i = 0; i < nodes.Length; i++)
        {
            var me = i;
            nodes[i] = simulation.AddNode($"w{i}", node => node.Spawn("gossip", () => new ScriptedActor(
                (self, message) =>
                {
                    switch (message)
                    {
                        case "tick":
                            self.Context.Run("work", post => post((ulong)me));
                            break;
                        case ulong number:
                            foreach (var other in nodes.Where(other => other != node))
                            {
                                self.Context.Tell(node.Remote(other, "gossip"), new Evaluate { Version = number });
                            }

                            break;
                        case Evaluate ask:
                            self.Reply(new TensorChunk(new ChunkHeader(ChunkKind.Partial, 3, (int)ask.Version, 0, 1, 2), new float[2]));
                            break;
                    }
                },
                started: self => self.Context.StartTimer("tick", TimeSpan.FromMilliseconds(7 + me), "tick", repeat: true))));
        }

        simulation.Schedule(TimeSpan.FromMilliseconds(60), () => nodes[1].Kill());
        simulation.Schedule(TimeSpan.FromMilliseconds(90), () => nodes[1].Restart());
        simulation.Schedule(TimeSpan.FromMilliseconds(120), () => simulation.Disconnect(nodes[0], nodes[2], TimeSpan.FromMilliseconds(20)));
        simulation.RunFor(TimeSpan.FromMilliseconds(200));
        return lines;
    }
}
