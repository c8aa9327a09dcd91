using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Distributed.Testing;
using Google.Protobuf;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>A coordinator whose term may no longer stand, spoken to by a worker and by a standby.</summary>
public sealed class ReignTests : IAsyncDisposable
{
    private readonly InProcessHost _host = new();
    private readonly TestRun.Recorder _recorder = new();
    private readonly TrainingSetup _setup = TestRun.Setup(epochs: 1);
    private readonly Store _store = new();
    private readonly (ActorRef Ref, Probe Probe) _worker, _standby;

    public ReignTests() => (_worker, _standby) = (Probe.Spawn(_host, "peer"), Probe.Spawn(_host, "standby"));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_worker_of_a_higher_term_makes_it_look_and_stand_down()
    {
        var coordinator = Lead();
        Join(coordinator);
        var (doubter, _) = Probe.Spawn(_host, "doubter");
        _store.Deposed = new DeposedException(new TermClaim(4, "other/9"), 3);
        doubter.Tell(new Probe.Send(coordinator, new Join { Protocol = ProtocolVersion.Current, Name = "doubter", Term = 4 }));

        Assert.Equal("other/9 has claimed term 4 of this run and leads it now; this one's is term 3", _worker.Probe.Expect<Deposed>().Reason);

        Assert.Null(await _host.WhenStopped(coordinator).WaitAsync(TestRun.Patience));
        Assert.Equal(RunEnd.Deposed, _recorder.Result!.End);
        Assert.Equal((0, 0), (_worker.Probe.Count<Finish>(), _recorder.Events.OfType<RunEvent.StepCommitted>().Count()));
    }

    /// <summary>It followed some other run: this one's folder says that its coordinator reigns.</summary>
    [Fact]
    public void A_worker_of_a_higher_term_of_another_run_is_refused()
    {
        Say(_worker.Ref, Lead(), new Join { Protocol = ProtocolVersion.Current, Name = "peer", Term = 9 });

        Assert.Equal("worker peer has followed a coordinator of term 9, but this run is in term 3: start it anew", _worker.Probe.Expect<Refused>().Reason);
        Assert.Null(_recorder.Result);
    }

    [Fact]
    public void Whether_the_term_stands_may_be_untold_for_a_while()
    {
        var coordinator = Lead();
        _store.Refusal = "the disk burns";
        Say(_worker.Ref, coordinator, new Join { Protocol = ProtocolVersion.Current, Name = "peer", Term = 9 });
        Assert.True(SpinWait.SpinUntil(() => _store.Looks > 0, TestRun.Patience));
        Join(coordinator);
        Assert.Equal(0, _worker.Probe.Count<Refused>());
    }

    [Fact]
    public async Task A_last_checkpoint_that_is_refused_makes_the_end_another_one()
    {
        _store.SavesDeposed = true;
        var coordinator = Lead();
        _host.Spawn("worker/1", () => TestRun.Worker(_setup, coordinator, "worker/1"), Supervision.Never);

        Assert.Null(await _host.WhenStopped(coordinator).WaitAsync(TestRun.Patience));

        Assert.Equal((RunEnd.Deposed, null), (_recorder.Result!.End, _recorder.Result.LastCheckpoint));
        Assert.Single(_recorder.Events.OfType<RunEvent.Ended>());
    }

    [Fact]
    public async Task A_standby_is_told_the_term_and_the_end()
    {
        var coordinator = Lead();
        Say(_standby.Ref, coordinator, StandBy());
        Assert.Equal(new Reign { Term = 3, Claimant = "me/1" }, _standby.Probe.Expect<Reign>());
        Say(_standby.Ref, coordinator, StandBy());
        _standby.Probe.Expect<Reign>();
        Assert.Single(_recorder.Events.OfType<RunEvent.StandbyJoined>());
        _host.Spawn("worker/1", () => TestRun.Worker(_setup, coordinator, "worker/1"), Supervision.Never);

        Assert.Null(await _host.WhenStopped(coordinator).WaitAsync(TestRun.Patience));
        Assert.Equal("done", _standby.Probe.Expect<Finish>().Reason);
    }

    [Fact]
    public void A_standby_that_is_lost_is_told()
    {
        Say(_standby.Ref, Lead(), StandBy());
        _standby.Probe.Expect<Reign>();
        _host.Stop(_standby.Ref);
        Assert.True(SpinWait.SpinUntil(() => _recorder.Events.OfType<RunEvent.StandbyLost>().Any(), TestRun.Patience));
    }

    [Fact]
    public void A_standby_of_another_job_or_other_data_is_refused()
    {
        var coordinator = Lead();
        Say(_standby.Ref, coordinator, StandBy(job: 1));
        Assert.Contains("standby me/2 reads the job differently", _standby.Probe.Expect<Refused>().Reason);
        Say(_standby.Ref, coordinator, StandBy(data: 1));
        Assert.Contains("standby me/2 has other data", _standby.Probe.Expect<Refused>().Reason);
    }

    [Fact]
    public void Without_checkpoints_nobody_can_stand_by()
    {
        Say(_standby.Ref, Lead(options => options with { Checkpoints = null }), StandBy());
        Assert.Contains("start it with --checkpoints", _standby.Probe.Expect<Refused>().Reason);
    }

    [Fact]
    public void Standbys_are_bounded()
    {
        var coordinator = Lead();
        for (var i = 0; i < CoordinatorLimits.MaxStandbys; i++)
        {
            var (standby, probe) = Probe.Spawn(_host, $"standby/{i}");
            Say(standby, coordinator, StandBy());
            probe.Expect<Reign>();
        }
        Say(_standby.Ref, coordinator, StandBy());
        Assert.Contains("no more are taken", _standby.Probe.Expect<Refused>().Reason);
    }

    private static StandBy StandBy(byte job = 0, byte data = 0) => new()
    {
        Name = "me/2",
        JobFingerprint = ByteString.CopyFrom([.. Enumerable.Repeat(job, 32)]),
        DataFingerprint = ByteString.CopyFrom([.. Enumerable.Repeat(data, 32)]),
        Term = 2,
    };

    private static void Say(ActorRef from, ActorRef to, object message) => from.Tell(new Probe.Send(to, message));

    private ActorRef Lead(Func<RunOptions, RunOptions>? change = null)
    {
        var options = TestRun.Options(_setup, 1) with { Term = 3, Claimant = "me/1", Checkpoints = _store };
        return _host.Spawn("coordinator", () => new CoordinatorActor(change?.Invoke(options) ?? options, _recorder), Supervision.Never);
    }

    private void Join(ActorRef coordinator)
    {
        Say(_worker.Ref, coordinator, new Join { Protocol = ProtocolVersion.Current, Name = "peer" });
        var welcome = _worker.Probe.Expect<Welcome>();
        Say(_worker.Ref, coordinator, new Ready
        {
            Worker = welcome.Worker,
            Session = welcome.Session,
            JobFingerprint = welcome.JobFingerprint,
            DataFingerprint = welcome.DataFingerprint,
        });
        _worker.Probe.Expect<Assign>();
    }

    private sealed class Store : ICheckpointStore
    {
        private volatile DeposedException? _deposed;
        private volatile string? _refusal;
        private int _looks;

        public DeposedException? Deposed { set => _deposed = value; }

        public string? Refusal { set => _refusal = value; }

        public bool SavesDeposed { get; set; }

        public int Looks => Volatile.Read(ref _looks);

        public string Save(RunSnapshot snapshot) =>
            SavesDeposed ? throw new DeposedException(new TermClaim(4, "other/9"), 3) : $"step {snapshot.Step}";

        public void CheckTerm()
        {
            Interlocked.Increment(ref _looks);
            if (_refusal is { } refusal) throw new IOException(refusal);
            if (_deposed is { } deposed) throw deposed;
        }
    }
}
