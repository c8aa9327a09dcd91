using System.Net;
using System.Security.Cryptography;
using Distributed.Actors;
using Distributed.Actors.Tcp;
using Distributed.Coordinator.Running;
using Distributed.Engine.Data;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Distributed.Testing;
using Distributed.Worker;
using Distributed.Worker.Shipping;
using Google.Protobuf;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>Samples for workers without the data: what a run sends, to whom, and that the answer is the same bits.</summary>
public sealed class ShippingTests : IAsyncDisposable
{
    private readonly InProcessHost _host = new();
    private readonly TestRun.Recorder _recorder = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    /// <summary>None of three has the data, so each sample is sent to one of them at least, and to none of them twice.</summary>
    [Theory]
    [InlineData("classes")]
    [InlineData("reconstruction")]
    public async Task Workers_without_the_data_give_the_same_bits(string kind)
    {
        var setup = SetupOf(kind);
        var coordinator = _host.Spawn("coordinator", () => new CoordinatorActor(TestRun.Options(setup, 3), _recorder), Supervision.Never);
        MemorySamples[] disks = [new(), new(), new()];
        for (var i = 1; i <= 3; i++)
        {
            var (name, loader) = ($"worker/{i}", new WithoutData(setup, disks[i - 1]));
            _host.Spawn(name, () => TestRun.Worker(setup, coordinator, name, loader), Supervision.Never);
        }
        Assert.Null(await _host.WhenStopped(coordinator).WaitAsync(TestRun.Patience));
        Assert.Equal(LocalTrainer.Run(setup).Fingerprint, _recorder.Result!.Fingerprint);
        var samples = setup.Train.Count + setup.Test!.Count;
        Assert.All(disks, disk => Assert.InRange(disk.Written, 0, samples));
        Assert.True(disks.Sum(disk => disk.Written) >= samples, $"{disks.Sum(disk => disk.Written)} records of {samples} samples");
    }

    /// <summary>Connections are cut in the middle of what they carry; the worker joins again, and asks for nothing that it holds.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Over_sockets_too(bool cuts)
    {
        var setup = TestRun.Setup(epochs: 20);
        var (disk, cut) = (new MemorySamples(), 0);
        CuttingProxy? proxy = null;
        var recorder = new TestRun.Recorder(happened =>
        {
            if (cuts && happened is RunEvent.StepCommitted { Step: 1 or 2 or 12 }) cut += proxy!.Cut();
        });
        await using var first = new TcpHost(new TcpHostOptions { Name = "coordinator" });
        var coordinator = first.Spawn("coordinator", () => new CoordinatorActor(TestRun.Options(setup, 1), recorder), Supervision.Never);
        await first.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0));
        using var passes = proxy = new CuttingProxy(first.BoundEndPoint!);
        await using var second = new TcpHost(new TcpHostOptions { Name = "worker" });
        var leader = second.Remote(proxy.EndPoint, "coordinator");
        second.Spawn("worker", () => TestRun.Worker(setup, leader, "worker", new WithoutData(setup, disk), host => second.RegisterDestination("worker", host)), Supervision.Never);

        Assert.Null(await first.WhenStopped(coordinator).WaitAsync(TestRun.Patience));
        Assert.Equal(LocalTrainer.Run(setup).Fingerprint, recorder.Result!.Fingerprint);
        Assert.Equal(setup.Train.Count + setup.Test!.Count, disk.Written);
        if (cuts) Assert.True(cut >= 2 && recorder.Events.OfType<RunEvent.WorkerJoined>().Count() >= 2, $"{cut} sockets cut");
    }

    [Fact]
    public void A_question_is_answered_with_the_records_in_its_order()
    {
        var (peer, probe, setup) = Member(ships: true);
        foreach (var (isTest, samples) in new[] { (false, new uint[] { 5, 0 }), (true, [7]) })
        {
            var need = new NeedSamples { Session = peer.Session, Test = isTest };
            need.Samples.AddRange(samples);
            peer.Say(need);
            var answer = probe.Expect<Samples>();
            Assert.Equal((isTest, peer.Session, samples), (answer.Test, answer.Session, [.. answer.Samples_]), Same);
            Assert.Equal(SampleRecords.Of(isTest ? setup.Test! : setup.Train, Array.ConvertAll(samples, sample => (int)sample)), answer.Records.ToByteArray());
            Assert.Equal(SHA256.HashData(answer.Records.Span), answer.Hash.ToByteArray());
        }

        static bool Same((bool, ulong, uint[]) a, (bool, ulong, uint[]) b) => (a.Item1, a.Item2) == (b.Item1, b.Item2) && a.Item3.SequenceEqual(b.Item3);
    }

    [Theory]
    [InlineData("beyond", "it asks for sample 90 of 90")]
    [InlineData("none", "it asks for no sample")]
    [InlineData("many", "it asks for 1025 samples at once")]
    public void Who_asks_for_what_is_not_there_is_dropped(string how, string reason)
    {
        var (peer, probe, _) = Member(ships: true);
        var need = new NeedSamples { Session = peer.Session };
        if (how == "beyond") need.Samples.AddRange([0, 90]);
        if (how == "many") need.Samples.AddRange(Enumerable.Repeat(0u, FrameLimits.MaxShippedSamples + 1));
        peer.Say(need);
        Assert.Contains(reason, probe.Expect<Deposed>().Reason, StringComparison.Ordinal);
        Assert.Equal(0, probe.Count<Samples>());
    }

    [Fact]
    public void A_run_that_ships_nothing_offers_nothing_and_drops_who_asks()
    {
        var (peer, probe, _) = Member(ships: false);
        Assert.Null(peer.Welcome.Train);
        Assert.Null(peer.Welcome.Test);
        peer.Say(new NeedSamples { Session = peer.Session, Samples = { 0 } });
        Assert.Contains("it asks for training samples, which this run does not ship", probe.Expect<Deposed>().Reason, StringComparison.Ordinal);
    }

    private static TrainingSetup SetupOf(string kind)
    {
        var setup = TestRun.Setup(epochs: 2);
        if (kind == "classes") return setup;
        var (train, test) = (new ReconstructionDataSet(setup.Train), new ReconstructionDataSet(setup.Test!));
        var model = new Model(new Sequential(new Linear(4), new Tanh(), new Linear(2)), train.SampleShape, train.Target, new SquaredLoss());
        return setup with { Model = model, Train = train, Test = test, Optimizer = new Sgd(0.01f) };
    }

    /// <summary>A member that the test speaks for, and the setup of its run.</summary>
    private (Speaker Peer, Probe Probe, TrainingSetup Setup) Member(bool ships)
    {
        var setup = TestRun.Setup(epochs: 1);
        var coordinator = _host.Spawn("coordinator", () => new CoordinatorActor(TestRun.Options(setup, 2) with { Ships = ships }, _recorder), Supervision.Never);
        var (actor, probe) = Probe.Spawn(_host, "peer");
        actor.Tell(new Probe.Send(coordinator, new Join { Protocol = ProtocolVersion.Current, Name = "peer", Threads = 1 }));
        var welcome = probe.Expect<Welcome>();
        var peer = new Speaker(actor, coordinator, welcome);
        peer.Say(new Ready { Worker = welcome.Worker, Session = welcome.Session, JobFingerprint = welcome.JobFingerprint, DataFingerprint = welcome.DataFingerprint });
        return (peer, probe, setup);
    }

    private sealed record Speaker(ActorRef Actor, ActorRef Coordinator, Welcome Welcome)
    {
        public ulong Session => Welcome.Session;

        public void Say(object message) => Actor.Tell(new Probe.Send(Coordinator, message));
    }

    /// <summary>Has the model, and of the data what it is offered.</summary>
    private sealed class WithoutData(TrainingSetup setup, MemorySamples disk) : IJobLoader
    {
        public LoadedJob Load(string yaml) => throw new JobLoadException("the data is not here");

        public LoadedJob Load(string yaml, OfferedData? offered)
        {
            if (offered is null) return Load(yaml);
            var (train, test) = (new ShippedDataSet(offered.Train, disk), new ShippedDataSet(offered.Test!, disk));
            var isMade = setup.Train is ReconstructionDataSet;
            var own = setup with { Train = isMade ? new ReconstructionDataSet(train) : train, Test = isMade ? new ReconstructionDataSet(test) : test };
            return new LoadedJob(own, new byte[32], new byte[32]) { Shipped = new ShippedSamples(own, train, test) };
        }
    }
}
