using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Distributed.Coordinator;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Tests.Running;
using Distributed.Protocol;
using Google.Protobuf;

namespace Distributed.Actors.Akka.Tests;

/// <summary>The project's coordinator and workers on one node, with probes of Akka.NET's test kit among them.</summary>
public sealed class TrainingTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly AkkaHost _host = AkkaHost.Start(new AkkaHostOptions { Settings = Kit.DefaultConfig.ToString() });
    private readonly TestRun.Recorder _observer = new();
    private Kit? _kit;

    public Task InitializeAsync()
    {
        _kit = new Kit(_host.System);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _kit!.Dispose();
    }

    [Fact]
    public async Task A_probe_is_welcomed_as_a_worker_and_given_weights_and_shards()
    {
        var setup = TestRun.Setup();
        var coordinator = _host.ShellOf(Coordinator(TestRun.Options(setup, workers: 1)));
        var probe = _kit!.CreateTestProbe();

        coordinator.Tell(new Join { Protocol = ProtocolVersion.Current, Name = "probe", Threads = 1 }, probe);
        var welcome = await probe.ExpectMsgAsync<Welcome>(Patience);
        Assert.Equal(("the job", 1u), (welcome.Job, welcome.Worker));
        coordinator.Tell(Ready(welcome), probe);
        var assigned = new List<object>();
        await probe.FishForMessageAsync(message =>
        {
            assigned.Add(message);
            return message is Assign;
        }, Patience);

        var elements = setup.Model.Parameters.Count;
        Assert.Equal(elements, assigned.OfType<TensorChunk>().Sum(chunk => chunk.Data.Length));
        Assert.Equal([0u, 8u], assigned.OfType<Assign>().Single().Runs);
    }

    [Fact]
    public async Task A_worker_that_is_lost_with_its_shards_does_not_change_the_answer()
    {
        var setup = TestRun.Setup();
        var ended = Coordinator(TestRun.Options(setup, workers: 2));
        var coordinator = _host.ShellOf(ended);
        var probe = _kit!.CreateTestProbe();
        coordinator.Tell(new Join { Protocol = ProtocolVersion.Current, Name = "probe", Threads = 1 }, probe);
        var welcome = await probe.ExpectMsgAsync<Welcome>(Patience);
        coordinator.Tell(Ready(welcome), probe);
        Worker(setup, ended, "worker/1");
        await probe.FishForMessageAsync(message => message is Assign, Patience);

        _host.System.Stop(probe.Ref); // with shards that nobody has computed

        Assert.Null(await _host.WhenStopped(ended).WaitAsync(TestRun.Patience));
        Assert.Contains(_observer.Events, one => one is RunEvent.WorkerLost);
        await AssertAnswer(setup);
    }

    [Fact]
    public async Task A_worker_that_comes_late_takes_part_and_does_not_change_the_answer()
    {
        var setup = TestRun.Setup(epochs: 40);
        var late = 0;
        ActorRef? coordinator = null;
        var observer = new TestRun.Recorder(happened =>
        {
            if (happened is RunEvent.EpochEnded && Interlocked.Exchange(ref late, 1) == 0) Worker(setup, coordinator!, "worker/2");
        });
        coordinator = _host.Spawn("coordinator", () => new CoordinatorActor(TestRun.Options(setup, workers: 1), observer), Supervision.Never);
        Worker(setup, coordinator, "worker/1");

        Assert.Null(await _host.WhenStopped(coordinator).WaitAsync(TestRun.Patience));
        Assert.Equal(2, observer.Events.Count(one => one is RunEvent.WorkerJoined));
        Assert.Equal((await TestRun.InProcess(TestRun.Options(setup, 1), 1)).Fingerprint, observer.Result!.Fingerprint);
    }

    /// <summary>Two nodes offer to lead; the first ends as a killed process does, and what is told the coordinator of the cluster is brought to the second.</summary>
    [Fact]
    public async Task The_lead_goes_to_the_next_node_when_the_first_is_lost()
    {
        var options = new AkkaHostOptions { Roles = [ClusterRoles.Coordinator], Settings = "akka.cluster.split-brain-resolver.stable-after = 2 s" };
        await using var first = AkkaHost.Start(options);
        await using var second = AkkaHost.Start(options);
        await using var third = AkkaHost.Start(options with { Roles = [ClusterRoles.Worker] });
        var seed = (first.Address.Host, first.Address.Port!.Value);
        foreach (var host in (AkkaHost[])[first, second, third])
        {
            await host.JoinAsync([seed], Patience);
            if (host != third) host.OfferToLead();
        }

        await first.WhenLeads.WaitAsync(Patience);
        Assert.Equal(first.Name, third.Leader);
        Assert.False(second.WhenLeads.IsCompleted);
        var (atFirst, atSecond) = (Actors.Tests.Recorder.Spawn(first, "coordinator"), Actors.Tests.Recorder.Spawn(second, "coordinator"));
        first.LeadWith(atFirst.Ref);
        second.LeadWith(atSecond.Ref);
        var asking = Actors.Tests.Recorder.Spawn(third, "worker");
        var coordinator = third.Coordinator();
        asking.Do(context => context.Tell(coordinator, new Join { Name = "before" }));
        await Actors.Tests.Wait.Until(() => atFirst.Count == 1, "the first is asked");
        Assert.Equal($"worker@{third.Name}", atFirst.Entries[0].Sender!.Path);

        await first.System.Terminate();

        await second.WhenLeads.WaitAsync(Actors.Tests.Wait.Bound);
        await Actors.Tests.Wait.Until(() =>
        {
            asking.Do(context => context.Tell(coordinator, new Join { Name = "after" }));
            return atSecond.Count > 0;
        }, "the second is asked");
        Assert.Equal("after", atSecond.Of<Join>()[0].Name);
    }

    private static Ready Ready(Welcome welcome) => new()
    {
        Worker = welcome.Worker,
        Session = welcome.Session,
        JobFingerprint = ByteString.CopyFrom(new byte[32]),
        DataFingerprint = ByteString.CopyFrom(new byte[32]),
    };

    private ActorRef Coordinator(RunOptions options) => _host.Spawn("coordinator", () => new CoordinatorActor(options, _observer), Supervision.Never);

    private void Worker(Engine.Training.TrainingSetup setup, ActorRef coordinator, string name) =>
        _host.Spawn(name, () => TestRun.Worker(setup, coordinator, name), Supervision.Never);

    private async Task AssertAnswer(Engine.Training.TrainingSetup setup) =>
        Assert.Equal((await TestRun.InProcess(TestRun.Options(setup, 1), 1)).Fingerprint, _observer.Result!.Fingerprint);

    private sealed class Kit(ActorSystem system) : TestKit(system);
}
