using Distributed.Actors;
using Distributed.Protocol;
using Distributed.Simulations.Checkers;
using Distributed.Simulations.Jobs;
using Distributed.Simulations.Running;
using Google.Protobuf;

namespace Distributed.Simulations.Tests.Checkers;

public sealed class BoundsTests
{
    /// <summary>The memory of partial sums is never given back.</summary>
    [Fact]
    public void Chunks_that_leak_are_found()
    {
        var found = Planted.Find(new Bounds(), run => run.Simulation.Filter = frame => frame.Message is TensorChunk { Header.Kind: ChunkKind.Partial } chunk
            ? new TensorChunk(chunk.Header, chunk.Data.ToArray())
            : frame.Message);
        Assert.Contains("chunks lent at coordinator", found, StringComparison.Ordinal);
    }

    /// <summary>A worker's node sends the same message again and again, to a coordinator that hangs for a while.</summary>
    [Fact]
    public void Messages_that_pile_up_are_found()
    {
        var found = Planted.Find(new Bounds(), run =>
        {
            Hang(run);
            var (from, to) = (run.Cluster.Workers[0], run.Cluster.Coordinator);
            Planted.AtStep(run, 6, () => from.Spawn("flood", () => new Flood(from.Remote(to, "coordinator"))));
        }, Hang);
        Assert.Contains("frames on their way on one connection", found, StringComparison.Ordinal);
        Assert.Contains("messages in a mailbox", found, StringComparison.Ordinal);

        static void Hang(SimulatedRun run) => Planted.AtStep(run, 6, () =>
        {
            run.Cluster.Coordinator.Hang();
            run.Simulation.Schedule(TimeSpan.FromSeconds(1), run.Cluster.Coordinator.Wake);
        });
    }

    /// <summary>Nothing of the coordinator reaches a worker any more. One that says all the same that it holds each version is sent the next one:
    /// all of them wait to be sent.</summary>
    [Fact]
    public void Versions_of_the_weights_that_pile_up_are_found()
    {
        var found = Planted.Find(new Bounds(), run => CutOff(run, lies: true), run => CutOff(run, lies: false), Planted.Quiet with
        {
            Job = new JobShape(JobKind.Plain, Shards: 4, Batch: 10, Epochs: 14, HasTest: false),
            Workers = 1,
        });
        Assert.Contains("versions of the weights", found, StringComparison.Ordinal);
    }

    private static void CutOff(SimulatedRun run, bool lies)
    {
        var (simulation, coordinator) = (run.Simulation, run.Cluster.Coordinator);
        simulation.DetectionTime = TimeSpan.FromDays(1);
        var cutOff = simulation.AddNode("cut-off", node =>
            node.Spawn("worker", () => new CutOffWorker(node.Remote(coordinator, "coordinator"), lies ? run.Reference.Steps : 0), Supervision.Never));
        Planted.AtStep(run, 2, () => simulation.Partition(coordinator, cutOff, bothWays: false));
    }

    private sealed class Flood(ActorRef target) : Actor
    {
        private const int Messages = 20_000;

        public override void Started()
        {
            for (var i = 0; i < Messages; i++) Context.Tell(target, new WeightsHeld());
        }

        public override void Receive(object message)
        {
        }
    }

    /// <summary>Joins and computes nothing; from time to time it says that it holds all versions up to a number, one after the other.</summary>
    private sealed class CutOffWorker(ActorRef coordinator, long versions) : Actor
    {
        private ActorRef? _leader;
        private ulong _session;

        public override void Started()
        {
            Context.Tell(coordinator, new Join { Protocol = ProtocolVersion.Current, Name = "cut-off", Threads = 1 });
            Context.StartTimer("say", TimeSpan.FromMilliseconds(100), "say", repeat: true);
        }

        public override void Receive(object message)
        {
            if (message is Welcome welcome)
            {
                (_leader, _session) = (Context.Sender, welcome.Session);
                var fingerprint = ByteString.CopyFrom(SmallLoader.Fingerprint);
                Context.Tell(_leader!, new Ready
                {
                    Worker = welcome.Worker,
                    JobFingerprint = fingerprint,
                    DataFingerprint = fingerprint,
                    Session = _session,
                });
            }
            (message as TensorChunk)?.Release();
            if (message is not "say" || _leader is null) return;
            for (var version = 1L; version <= versions; version++)
                Context.Tell(_leader, new WeightsHeld { Version = (ulong)version, Session = _session });
        }
    }
}
