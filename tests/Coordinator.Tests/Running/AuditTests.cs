using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>A worker on whose machine one bit of one sample is flipped, so that its gradients are wrong now and then.</summary>
public sealed class AuditTests : IAsyncDisposable
{
    private const string Faulty = "worker/faulty";

    private readonly InProcessHost _host = new();
    private readonly TrainingSetup _setup = TestRun.Setup(epochs: 4);
    private int _spawned;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    /// <summary>In virtual time, so that nobody is late and every audit takes place.</summary>
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.2)]
    [InlineData(1.0)]
    public void Audits_do_not_show_in_the_answer(double rate)
    {
        var recorder = new TestRun.Recorder();
        var simulation = new Simulation(seed: 1);
        var leader = simulation.AddNode("coordinator");
        leader.Spawn("coordinator", () => new CoordinatorActor(Options(rate), recorder), Supervision.Never);
        for (var i = 1; i <= 3; i++)
        {
            simulation.AddNode($"worker-{i}", node => node.Spawn("worker", () => TestRun.Worker(_setup, node.Remote(leader, "coordinator"), node.Name,
                destination: place => node.RegisterDestination("worker", place), clock: () => simulation.Now), Supervision.Never));
        }

        Assert.True(simulation.RunUntil(() => recorder.Result is not null, TimeSpan.FromHours(1)));
        Assert.Equal((RunEnd.Done, LocalTrainer.Run(_setup).Fingerprint), (recorder.Result!.End, recorder.Result.Fingerprint));
        var shards = (int)_setup.TotalSteps * _setup.Shards;
        var plan = new AuditPlan(rate, _setup.Seed);
        var audited = recorder.Events.OfType<RunEvent.ShardAudited>().Count();
        Assert.Equal(Enumerable.Range(0, shards).Count(i => plan.Picks(i / _setup.Shards, i % _setup.Shards)), audited);
        Assert.InRange(audited, rate * shards * 0.5, rate * shards * 1.5);
        Assert.Empty(recorder.Events.OfType<RunEvent.WorkerExcluded>());
    }

    [Fact]
    public async Task Without_audits_the_fault_shows_so_it_is_one()
    {
        var run = await Run(Options(rate: 0) with { Audit = null }, new TestRun.Recorder(), good: 2, faulty: 1);

        Assert.NotEqual(LocalTrainer.Run(_setup).Fingerprint, run.Fingerprint);
    }

    [Fact]
    public async Task A_faulty_worker_is_named_and_the_answer_is_right_where_all_is_audited()
    {
        var recorder = new TestRun.Recorder();
        var run = await Run(Options(rate: 1), recorder, good: 2, faulty: 1);

        Assert.Equal(Faulty, Assert.Single(recorder.Events.OfType<RunEvent.WorkerExcluded>()).Name);
        Assert.Equal((RunEnd.Done, LocalTrainer.Run(_setup).Fingerprint), (run.End, run.Fingerprint));
    }

    /// <summary>Between two audits a faulty worker may have been believed: then the run goes back to before it was.</summary>
    [Fact]
    public async Task What_was_believed_of_a_faulty_worker_is_taken_back()
    {
        var snapshots = new Snapshots();
        var recorder = new TestRun.Recorder();
        var first = await Run(Options(rate: 0.3) with { Checkpoints = snapshots, CheckpointEvery = 1 }, recorder, good: 2, faulty: 1);

        Assert.Equal((RunEnd.GoesBack, 0), (first.End, first.GoBackTo));
        Assert.Equal([Faulty], first.Excluded);
        var coordinator = _host.Spawn("second", () => new CoordinatorActor(Options(rate: 0.3) with { Term = 2, Excluded = first.Excluded, FirstWorkers = 2 }, recorder),
            Supervision.Never);
        Spawn(Faulty, _setup with { Train = new Flipped(_setup.Train) }, coordinator);
        Assert.True(SpinWait.SpinUntil(() => recorder.Events.OfType<RunEvent.WorkerRefused>().Any(), TestRun.Patience), "a refusal");
        for (var i = 0; i < 2; i++) Spawn($"worker/{++_spawned}", _setup, coordinator);
        Assert.Null(await _host.WhenStopped(coordinator).WaitAsync(TestRun.Patience));

        Assert.Equal("compute wrongly", recorder.Events.OfType<RunEvent.WorkerRefused>().Single().Reason[^15..]);
        var second = recorder.Events.OfType<RunEvent.Ended>().Last().Result;
        Assert.Equal((RunEnd.Done, LocalTrainer.Run(_setup).Fingerprint), (second.End, second.Fingerprint));
    }

    [Fact]
    public async Task Two_who_disagree_wait_for_a_third()
    {
        var recorder = new TestRun.Recorder();
        var coordinator = _host.Spawn("coordinator", () => new CoordinatorActor(Options(rate: 1) with { FirstWorkers = 2 }, recorder), Supervision.Never);
        Spawn("worker/good", _setup, coordinator);
        Spawn(Faulty, _setup with { Train = new Flipped(_setup.Train) }, coordinator);
        Assert.True(SpinWait.SpinUntil(() => recorder.Events.OfType<RunEvent.ShardDisputed>().Any(), TestRun.Patience), "a dispute");
        Assert.Null(recorder.Result);
        Spawn("worker/third", _setup, coordinator);
        Assert.Null(await _host.WhenStopped(coordinator).WaitAsync(TestRun.Patience));

        Assert.Equal(Faulty, Assert.Single(recorder.Events.OfType<RunEvent.WorkerExcluded>()).Name);
        Assert.Equal(LocalTrainer.Run(_setup).Fingerprint, recorder.Result!.Fingerprint);
    }

    private RunOptions Options(double rate) => TestRun.Options(_setup, 3) with { Audit = new AuditPlan(rate, _setup.Seed) };

    private async Task<RunResult> Run(RunOptions options, TestRun.Recorder recorder, int good, int faulty)
    {
        var results = recorder.Events.OfType<RunEvent.Ended>().Count();
        var coordinator = _host.Spawn($"coordinator/{++_spawned}", () => new CoordinatorActor(options with { FirstWorkers = good + faulty }, recorder), Supervision.Never);
        for (var i = 0; i < faulty; i++) Spawn(Faulty, _setup with { Train = new Flipped(_setup.Train) }, coordinator);
        for (var i = 0; i < good; i++) Spawn($"worker/{++_spawned}", _setup, coordinator);
        Assert.Null(await _host.WhenStopped(coordinator).WaitAsync(TestRun.Patience));
        return recorder.Events.OfType<RunEvent.Ended>().ElementAt(results).Result;
    }

    private void Spawn(string name, TrainingSetup setup, ActorRef coordinator) =>
        _host.Spawn($"actor/{++_spawned}", () => TestRun.Worker(setup, coordinator, name), Supervision.Never);

    private sealed class Flipped(DataSet data) : DataSet
    {
        public override int Count => data.Count;

        public override Shape SampleShape => data.SampleShape;

        public override Target Target => data.Target;

        public override byte[] Fingerprint => data.Fingerprint;

        public override void CopyTargets(ReadOnlySpan<int> indices, Span<float> targets) => data.CopyTargets(indices, targets);

        public override void CopyFeatures(ReadOnlySpan<int> indices, Span<float> features)
        {
            data.CopyFeatures(indices, features);
            var place = indices.IndexOf(17);
            if (place >= 0) features[2 * place] = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(features[2 * place]) ^ (1 << 20));
        }
    }

    private sealed class Snapshots : ICheckpointStore
    {
        public string Save(RunSnapshot snapshot) => $"step {snapshot.Step}";
    }
}
