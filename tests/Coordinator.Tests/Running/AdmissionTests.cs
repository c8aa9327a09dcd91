using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Distributed.Testing;
using Google.Protobuf;
using Range = Distributed.Protocol.Range;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>Who is let in, who is not, and what a peer that misbehaves can do: nothing.</summary>
public sealed class AdmissionTests : IAsyncDisposable
{
    private readonly InProcessHost _host = new();
    private readonly TestRun.Recorder _recorder = new();
    private readonly TrainingSetup _setup = TestRun.Setup(epochs: 1);
    private readonly ActorRef _coordinator;
    private readonly ActorRef _peer;
    private readonly Probe _probe;
    private ulong _session;

    public AdmissionTests()
    {
        var options = TestRun.Options(_setup, 1) with { JobFingerprint = Bytes(1), DataFingerprint = Bytes(2) };
        _coordinator = _host.Spawn("coordinator", () => new CoordinatorActor(options, _recorder), Supervision.Never);
        (_peer, _probe) = Probe.Spawn(_host, "peer");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void A_worker_of_another_protocol_version_is_refused_with_both_versions()
    {
        Say(new Join { Protocol = ProtocolVersion.Current + 1, Name = "peer" });

        var reason = _probe.Expect<Refused>().Reason;
        Assert.Contains($"version {ProtocolVersion.Current + 1}", reason);
        Assert.Contains($"speaks {ProtocolVersion.Current}", reason);
    }

    [Fact]
    public void A_worker_with_other_data_is_refused_with_both_fingerprints()
    {
        Say(Hello());
        var welcome = _probe.Expect<Welcome>();
        Say(new Ready { Worker = welcome.Worker, Session = welcome.Session, JobFingerprint = welcome.JobFingerprint, DataFingerprint = ByteString.CopyFrom(Bytes(9)) });

        var reason = _probe.Expect<Refused>().Reason;
        Assert.Contains("other data", reason);
        Assert.Contains("020202020202", reason);
        Assert.Contains("090909090909", reason);
    }

    [Fact]
    public void A_worker_that_reads_the_job_differently_is_refused()
    {
        Say(Hello());
        var welcome = _probe.Expect<Welcome>();
        Say(new Ready { Worker = welcome.Worker, Session = welcome.Session, JobFingerprint = ByteString.CopyFrom(Bytes(9)), DataFingerprint = welcome.DataFingerprint });

        Assert.Contains("reads the job differently", _probe.Expect<Refused>().Reason);
    }

    [Fact]
    public void A_request_to_join_sent_twice_gets_one_number()
    {
        Say(Hello());
        Say(Hello());

        Assert.Equal(_probe.Expect<Welcome>().Worker, _probe.Expect<Welcome>().Worker);
    }

    [Fact]
    public void A_worker_that_fails_is_lost_with_its_reason()
    {
        Join();
        Say(new WorkFailed { Reason = "the disk burns", Session = _session });

        Assert.Contains(Wait<RunEvent.WorkerLost>().Reason, "the disk burns");
    }

    [Fact]
    public void A_worker_that_drops_what_is_in_progress_is_dropped()
    {
        Join();
        Say(new PartialDone { Step = 0, Range = new Range { First = 0, Count = 8 }, Session = _session, Dropped = true });

        Assert.Contains("drops shards 0-7 of step 0", Wait<RunEvent.WorkerLost>().Reason);
        Assert.Equal(_session, _probe.Expect<Deposed>().Session);
    }

    /// <summary>Else it would wait for ever to be given something.</summary>
    [Fact]
    public void Who_speaks_of_a_membership_that_is_none_is_told_so()
    {
        Join();
        Say(new WeightsHeld { Session = _session - 1 });
        Assert.Equal(_session - 1, _probe.Expect<Deposed>().Session);
        var (stranger, strangersProbe) = Probe.Spawn(_host, "stranger");
        stranger.Tell(new Probe.Send(_coordinator, new Ready { Session = 77 }));
        Assert.Equal(77ul, strangersProbe.Expect<Deposed>().Session);
    }

    [Fact]
    public void Who_comes_when_the_run_is_full_is_asked_to_wait_and_taken_in_when_one_leaves()
    {
        var options = TestRun.Options(_setup, 1) with { JobFingerprint = Bytes(1), DataFingerprint = Bytes(2), MaxWorkers = 1 };
        var full = _host.Spawn("full", () => new CoordinatorActor(options, _recorder), Supervision.Never);
        var (spare, spareProbe) = Probe.Spawn(_host, "spare");
        _peer.Tell(new Probe.Send(full, Hello()));
        var session = _probe.Expect<Welcome>().Session;
        spare.Tell(new Probe.Send(full, Hello()));
        Assert.Contains("takes 1 workers", spareProbe.Expect<Wait>().Reason);
        _peer.Tell(new Probe.Send(full, new WorkFailed { Reason = "enough", Session = session }));
        Wait<RunEvent.WorkerLost>();
        spare.Tell(new Probe.Send(full, Hello()));
        spareProbe.Expect<Welcome>();
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(8, 1)]
    [InlineData(0, 16)]
    [InlineData(0, 0)]
    public void A_worker_that_reports_shards_that_are_none_is_dropped(uint first, uint count)
    {
        Join();
        Say(new PartialDone { Step = 0, Range = new Range { First = first, Count = count }, Session = _session });

        Assert.Contains("aligned run", Wait<RunEvent.WorkerLost>().Reason);
    }

    [Fact]
    public void One_who_joins_in_mid_step_gets_the_weights_and_what_is_made_of_the_next_ones()
    {
        Join();
        Say(new TensorChunk(new ChunkHeader(ChunkKind.Partial, 0, 0, 0, 8, 37) { Session = _session }, new float[37]));
        while (_probe.Expect<TensorChunk>().Header is not { Step: 1, Index: 0 })
        {
            // The weights of version 0 come first.
        }
        var (late, lateProbe) = Probe.Spawn(_host, "late");
        late.Tell(new Probe.Send(_coordinator, Hello()));
        var welcome = lateProbe.Expect<Welcome>();
        late.Tell(new Probe.Send(_coordinator,
            new Ready { Worker = welcome.Worker, Session = welcome.Session, JobFingerprint = welcome.JobFingerprint, DataFingerprint = welcome.DataFingerprint }));

        var chunks = (_setup.Model.Parameters.Count + 36) / 37;
        for (var chunk = 0; chunk < chunks; chunk++)
            Assert.Equal((0L, chunk), Place(lateProbe.Expect<TensorChunk>()));
        Assert.Equal((1L, 0), Place(lateProbe.Expect<TensorChunk>()));

        static (long Version, int Index) Place(TensorChunk chunk) => (chunk.Header.Step, chunk.Header.Index);
    }

    [Theory]
    [InlineData(8, "a word")]
    [InlineData(uint.MaxValue, "a word")]
    [InlineData(0, "")]
    public void A_worker_that_blames_a_shard_that_is_none_or_says_nothing_is_dropped(uint shard, string sentence)
    {
        Join();
        Say(new NotFinite { Step = 0, Shard = shard, Sentence = sentence, Session = _session });

        Assert.Contains($"it blames shard {shard} of 0..7", Wait<RunEvent.WorkerLost>().Reason);
    }

    /// <summary>Only what is in the sums decides; and what is said of another step, or of a step that is finite after all, goes nowhere.</summary>
    [Fact]
    public async Task A_number_that_is_said_not_to_be_finite_ends_nothing_by_itself()
    {
        Join();
        Say(new NotFinite { Step = 1, Shard = 0, Sentence = "of a step that is not in progress", Session = _session });
        Say(new NotFinite { Step = 0, Shard = 0, Sentence = "untrue", Session = _session });
        Say(new NotFinite { Step = 0, Shard = 0, Sentence = "of another session", Session = _session + 1 });
        Say(new WorkFailed { Reason = "enough", Session = _session });
        Assert.Equal("enough", Wait<RunEvent.WorkerLost>().Reason);

        _host.Spawn("worker/1", () => TestRun.Worker(_setup, _coordinator, "worker/1", loader: new Fixed(_setup)), Supervision.Never);
        Assert.Null(await _host.WhenStopped(_coordinator).WaitAsync(TestRun.Patience));
        Assert.Equal(LocalTrainer.Run(_setup).Fingerprint, _recorder.Result!.Fingerprint);
    }

    /// <summary>Chunks and results from nobody, of the wrong size or step: the run goes on to the right answer beside them.</summary>
    [Fact]
    public async Task What_does_not_belong_changes_nothing()
    {
        var released = new Counter();
        var sent = 0;
        void Chunk(ChunkHeader header)
        {
            sent++;
            Say(new TensorChunk(header with { Session = _session }, Enumerable.Repeat(float.NaN, header.Elements).ToArray(), released));
        }
        Chunk(new ChunkHeader(ChunkKind.Partial, 0, 0, 0, 8, 37));
        Say(new PartialDone { Step = 0, Range = new Range { First = 0, Count = 8 }, Loss = double.NaN });
        Say(new EvaluationDone { Version = 0, Block = 0 });
        Say(new WeightsHeld { Version = 3 });
        Say("not a message of ours");
        Join();
        foreach (var header in new ChunkHeader[]
                 {
                     new(ChunkKind.Partial, 0, 0, 0, 8, 36), new(ChunkKind.Partial, 0, 4000, 0, 8, 37), new(ChunkKind.Partial, 0, -1, 0, 8, 37),
                     new(ChunkKind.Partial, 1, 0, 0, 8, 37), new(ChunkKind.Partial, 0, 0, 1, 2, 37), new(ChunkKind.Partial, 0, 0, 8, 8, 37),
                     new(ChunkKind.Weights, 0, 0, 0, 8, 37),
                 }) Chunk(header);
        Say(new PartialDone { Step = 5, Range = new Range { First = 0, Count = 8 }, Session = _session });
        Say(new EvaluationDone { Version = 0, Block = 0, Session = _session });
        foreach (var other in new ulong[] { 0, _session + 1, _session + (1ul << 32) })
        {
            sent++;
            Say(new TensorChunk(new ChunkHeader(ChunkKind.Partial, 0, 0, 0, 8, 37) { Session = other }, Enumerable.Repeat(float.NaN, 37).ToArray(), released));
            Say(new PartialDone { Step = 0, Range = new Range { First = 0, Count = 8 }, Loss = double.NaN, Session = other });
            Say(new WorkFailed { Reason = "of another session", Session = other });
        }
        Say(new WorkFailed { Reason = "enough", Session = _session });
        Assert.Equal("enough", Wait<RunEvent.WorkerLost>().Reason);
        Assert.Equal(sent, released.Value);

        _host.Spawn("worker/1", () => TestRun.Worker(_setup, _coordinator, "worker/1", loader: new Fixed(_setup)), Supervision.Never);
        Assert.Null(await _host.WhenStopped(_coordinator).WaitAsync(TestRun.Patience));

        Assert.Equal(LocalTrainer.Run(_setup).Fingerprint, _recorder.Result!.Fingerprint);
    }

    private static byte[] Bytes(byte value) => [.. Enumerable.Repeat(value, 32)];

    private static Join Hello() => new() { Protocol = ProtocolVersion.Current, Name = "peer" };

    private void Say(object message) => _peer.Tell(new Probe.Send(_coordinator, message));

    private void Join()
    {
        Say(Hello());
        var welcome = _probe.Expect<Welcome>();
        _session = welcome.Session;
        Say(new Ready { Worker = welcome.Worker, Session = welcome.Session, JobFingerprint = welcome.JobFingerprint, DataFingerprint = welcome.DataFingerprint });
        _probe.Expect<Assign>();
    }

    private T Wait<T>() where T : RunEvent
    {
        Assert.True(SpinWait.SpinUntil(() => _recorder.Events.OfType<T>().Any(), TestRun.Patience), $"no {typeof(T).Name}");
        return _recorder.Events.OfType<T>().First();
    }

    private sealed class Fixed(TrainingSetup setup) : Distributed.Worker.IJobLoader
    {
        public Distributed.Worker.LoadedJob Load(string yaml) => new(setup, Bytes(1), Bytes(2));
    }

    private sealed class Counter : IChunkLease
    {
        private int _value;

        public int Value => Volatile.Read(ref _value);

        public void Release() => Interlocked.Increment(ref _value);
    }
}
