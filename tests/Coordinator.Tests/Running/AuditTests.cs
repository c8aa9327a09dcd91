using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Training;
using Distributed.Testing;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>A worker on whose machine one bit of one sample is flipped, so that its gradients are wrong now and then. In virtual time, so that
/// every run is the same one.</summary>
public sealed class AuditTests
{
    private const string Faulty = "worker-faulty";

    private readonly TrainingSetup _setup = TestRun.Setup(epochs: 4);
    private readonly TestRun.Recorder _recorder = new();

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.2)]
    [InlineData(1.0)]
    public void Audits_do_not_show_in_the_answer(double rate)
    {
        var run = Run(Options(rate), good: 3, faulty: 0);

        Assert.Equal((RunEnd.Done, LocalTrainer.Run(_setup).Fingerprint), (run.End, run.Fingerprint));
        var shards = (int)_setup.TotalSteps * _setup.Shards;
        var plan = new AuditPlan(rate, _setup.Seed);
        var audited = _recorder.Events.OfType<RunEvent.ShardAudited>().Count();
        Assert.Equal(Enumerable.Range(0, shards).Count(i => plan.Picks(i / _setup.Shards, i % _setup.Shards)), audited);
        Assert.InRange(audited, rate * shards * 0.5, rate * shards * 1.5);
        Assert.Empty(_recorder.Events.OfType<RunEvent.WorkerExcluded>());
    }

    [Fact]
    public void Without_audits_the_fault_shows_so_it_is_one()
    {
        var run = Run(Options(rate: 0) with { Audit = null }, good: 2, faulty: 1);

        Assert.NotEqual(LocalTrainer.Run(_setup).Fingerprint, run.Fingerprint);
    }

    [Fact]
    public void A_faulty_worker_is_named_and_the_answer_is_right_where_all_is_audited()
    {
        var run = Run(Options(rate: 1), good: 2, faulty: 1);

        Assert.Equal(Faulty, Assert.Single(_recorder.Events.OfType<RunEvent.WorkerExcluded>()).Name);
        Assert.Equal((RunEnd.Done, LocalTrainer.Run(_setup).Fingerprint), (run.End, run.Fingerprint));
    }

    /// <summary>Between two audits a faulty worker may have been believed: then the run goes back to before it was.</summary>
    [Fact]
    public void What_was_believed_of_a_faulty_worker_is_taken_back()
    {
        var first = Run(Options(rate: 0.3), good: 2, faulty: 1);

        Assert.Equal((RunEnd.GoesBack, 0), (first.End, first.GoBackTo));
        Assert.Equal([Faulty], first.Excluded);
        Assert.True(first.Steps > 0, "some steps were committed before");
        var second = Run(Options(rate: 0.3) with { Term = 2, Excluded = first.Excluded }, good: 2, faulty: 1);

        Assert.EndsWith("compute wrongly", Assert.Single(_recorder.Events.OfType<RunEvent.WorkerRefused>()).Reason);
        Assert.Equal((RunEnd.Done, LocalTrainer.Run(_setup).Fingerprint), (second.End, second.Fingerprint));
    }

    [Fact]
    public void Two_who_disagree_wait_for_a_third()
    {
        var simulation = Begin(Options(rate: 1), good: 1, faulty: 1);
        simulation.RunFor(TimeSpan.FromHours(1));
        Assert.Single(_recorder.Events.OfType<RunEvent.ShardDisputed>());
        Assert.Null(_recorder.Result);
        AddWorker(simulation, "worker-third", _setup);

        Assert.True(simulation.RunUntil(() => _recorder.Result is not null, TimeSpan.FromHours(1)));
        Assert.Equal(Faulty, Assert.Single(_recorder.Events.OfType<RunEvent.WorkerExcluded>()).Name);
        Assert.Equal(LocalTrainer.Run(_setup).Fingerprint, _recorder.Result!.Fingerprint);
    }

    private RunOptions Options(double rate) => TestRun.Options(_setup, 2) with { Audit = new AuditPlan(rate, _setup.Seed) };

    private RunResult Run(RunOptions options, int good, int faulty)
    {
        var before = _recorder.Events.OfType<RunEvent.Ended>().Count();
        var simulation = Begin(options with { FirstWorkers = options.Excluded.Count > 0 ? good : good + faulty }, good, faulty);
        Assert.True(simulation.RunUntil(() => _recorder.Events.OfType<RunEvent.Ended>().Count() > before, TimeSpan.FromHours(1)));
        return _recorder.Events.OfType<RunEvent.Ended>().ElementAt(before).Result;
    }

    private Simulation Begin(RunOptions options, int good, int faulty)
    {
        var simulation = new Simulation(seed: 1);
        simulation.AddNode("coordinator", node => node.Spawn("coordinator", () => new CoordinatorActor(options, _recorder), Supervision.Never));
        for (var i = 0; i < faulty; i++) AddWorker(simulation, Faulty, _setup with { Train = new Flipped(_setup.Train, sample => sample == 17) });
        for (var i = 1; i <= good; i++) AddWorker(simulation, $"worker-{i}", _setup);
        return simulation;
    }

    private static void AddWorker(Simulation simulation, string name, TrainingSetup setup) => simulation.AddNode(name, node =>
        node.Spawn("worker", () => TestRun.Worker(setup, node.Remote(simulation.Nodes[0], "coordinator"), name,
            destination: place => node.RegisterDestination("worker", place), clock: () => simulation.Now), Supervision.Never));
}
