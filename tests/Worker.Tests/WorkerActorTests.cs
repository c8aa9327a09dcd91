using Distributed.Actors;
using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Distributed.Testing;
using Range = Distributed.Protocol.Range;

namespace Distributed.Worker.Tests;

/// <summary>A worker with a coordinator that the test speaks for.</summary>
public sealed class WorkerActorTests : IAsyncDisposable
{
    private const int ChunkElements = 10;

    private static readonly TrainingSetup Setup = new(
        new Model(new Sequential(new Linear(5), new Tanh(), new Linear(3)), new Shape(2), 3, new SoftmaxCrossEntropyLoss()),
        Spirals.Generate(3, 10, 0.1f, seed: 1), Spirals.Generate(3, 100, 0.1f, seed: 2), new Sgd(0.1f), null, 8, 4, 2, 3);

    private readonly InProcessHost _host = new();
    private readonly TaskCompletionSource<WorkerEnd> _end = new();
    private readonly ActorRef _coordinator;
    private readonly Probe _probe;
    private int _loads;
    private ulong _session = SessionOf(term: 1, worker: 1);

    public WorkerActorTests() => (_coordinator, _probe) = Probe.Spawn(_host, "coordinator");

    private static int Elements => Setup.Model.Parameters.Count;

    private static int Chunks => (Elements + ChunkElements - 1) / ChunkElements;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void Asks_to_join_again_and_again()
    {
        Start();

        Assert.Equal(ProtocolVersion.Current, _probe.Expect<Join>().Protocol);
        _probe.Expect<Join>();
    }

    [Fact]
    public void Computes_what_it_is_assigned_once_the_weights_are_whole()
    {
        var worker = StartReady();
        var weights = Setup.Model.Parameters.InitialWeights(Setup.Seed);
        Say(worker, Assignment(0, (0, 2), (2, 1)));
        SendWeights(worker, 0, weights);
        Assert.Equal(0u, _probe.Expect<WeightsHeld>().Version);

        foreach (var range in new ShardRange[] { new(0, 2), new(2, 1) })
        {
            var expected = new float[Elements];
            var sum = new ShardComputer(Setup, 4).Compute(0, 0, range, weights, expected);
            var gradient = new float[Elements];
            for (var chunk = Chunks - 1; chunk >= 0; chunk--)
            {
                var partial = _probe.Expect<TensorChunk>();
                Assert.Equal(new ChunkHeader(ChunkKind.Partial, 0, chunk, range.First, range.Count, partial.Data.Length) { Session = _session },
                    partial.Header);
                partial.Data.Span.CopyTo(gradient.AsSpan(chunk * ChunkElements));
            }
            var done = _probe.Expect<PartialDone>();
            Assert.Equal(expected, gradient);
            Assert.Equal(sum, new LossSum(done.Loss, (int)done.Correct, (int)done.Samples));
        }
    }

    /// <summary>The version before stays whole until the one after begins: a worker may have been lost between its last chunk and its last word.</summary>
    [Fact]
    public void Answers_every_run_and_drops_those_whose_weights_are_gone()
    {
        var worker = StartReady();
        SendWeights(worker, 2);
        SendWeights(worker, 3);
        Say(worker, Assignment(2, (0, 1)));
        Say(worker, Assignment(1, (1, 1), (2, 2)));
        Say(worker, Assignment(3, (3, 1)));

        PartialDone[] answers = [.. Enumerable.Range(0, 4).Select(_ => _probe.Expect<PartialDone>())];
        Assert.Equal([(2ul, 0u, false), (1, 1, true), (1, 2, true), (3, 3, false)],
            answers.Select(done => (done.Step, done.Range.First, done.Dropped)));
        Assert.All(answers, done => Assert.Equal(_session, done.Session));
    }

    [Fact]
    public void What_is_of_another_session_is_ignored()
    {
        var worker = StartReady();
        SendWeights(worker, 0);
        var own = _session;
        _session = SessionOf(term: 1, worker: 2);
        Say(worker, Assignment(0, (0, 1)));
        SendWeights(worker, 1);
        _session = own;
        Say(worker, Assignment(0, (1, 1)));

        Assert.Equal(1u, _probe.Expect<PartialDone>().Range.First);
        Assert.Equal(1, _probe.Count<WeightsHeld>());
    }

    [Fact]
    public void A_coordinator_of_a_lower_term_is_not_followed()
    {
        var worker = Start();
        _probe.Expect<Join>();
        _session = SessionOf(term: 3, worker: 1);
        Welcome(worker);
        _probe.Expect<Ready>();
        Say(worker, new Deposed { Reason = "of a membership before", Session = _session - 1 });
        Say(worker, new Deposed { Reason = "another one leads", Session = _session });
        while (_probe.Expect<Join>().Term != 3)
        {
            // One that was on its way before.
        }
        _session = SessionOf(term: 2, worker: 9);
        Welcome(worker);
        _session = SessionOf(term: 4, worker: 7);
        Welcome(worker);

        Assert.Equal(_session, _probe.Expect<Ready>().Session);
        Assert.Equal(2, _probe.Count<Ready>());
    }

    [Fact]
    public void Who_is_asked_to_wait_does_not_lose_patience()
    {
        var simulation = new Simulation(seed: 1);
        var full = simulation.AddNode("full", node => node.Spawn("coordinator", () => new FullCoordinator()));
        WorkerEnd? end = null;
        var options = new WorkerOptions([simulation.AddNode("worker").Remote(full, "coordinator")], "test", 0, TimeSpan.FromSeconds(10),
            () => TimeSpan.Zero, ended => end = ended);
        simulation.Nodes[1].Spawn("worker", () => new WorkerActor(options, new Loader(() => throw new JobLoadException("not wanted")),
            new WorkerDestination(new Scratch())));

        simulation.RunFor(TimeSpan.FromMinutes(5));
        Assert.Null(end);
        full.Kill();
        simulation.RunFor(TimeSpan.FromSeconds(11));
        Assert.Equal(WorkerOutcome.NoCoordinator, end?.Outcome);
    }

    [Fact]
    public void Evaluates_the_blocks_it_is_given()
    {
        var worker = StartReady();
        SendWeights(worker, 5);
        Say(worker, new Evaluate { Version = 4, Blocks = { new Range { First = 0, Count = 1 } }, Session = _session });
        Say(worker, new Evaluate { Version = 5, Blocks = { new Range { First = 0, Count = 2 } }, Session = _session });

        Assert.True(_probe.Expect<EvaluationDone>() is { Version: 4, Block: 0, Dropped: true });
        var expected = new ShardComputer(Setup, 4);
        var weights = Setup.Model.Parameters.InitialWeights(5);
        for (var block = 0; block < 2; block++)
        {
            var done = _probe.Expect<EvaluationDone>();
            var sum = expected.Evaluate(weights, block * EvaluationBlocks.Samples, (int)done.Samples);
            Assert.Equal((5ul, (uint)block, sum.Loss, (uint)sum.Correct), (done.Version, done.Block, done.Loss, done.Correct));
        }
    }

    [Fact]
    public void Joins_again_when_the_coordinator_is_lost_without_loading_anew()
    {
        var worker = StartReady();
        worker.Tell(new Terminated(_coordinator, "test"));
        _probe.Expect<Join>();
        Welcome(worker);
        _probe.Expect<Ready>();

        Assert.Equal(1, _loads);
        SendWeights(worker, 7);
        Say(worker, Assignment(7, (0, 4)));
        Assert.Equal(7ul, _probe.Expect<PartialDone>().Step);
    }

    [Fact]
    public void Who_comes_back_in_the_same_term_keeps_the_weights_and_else_begins_with_none()
    {
        var worker = StartReady();
        SendWeights(worker, 7);
        _probe.Expect<WeightsHeld>();
        // In another term weights of a version may be other bits: somebody may have set the learning rate for a step that was done before.
        foreach (var (term, number, version, held) in new[] { (1u, 2u, 7ul, 8ul), (1u, 3u, 9ul, 8ul), (2u, 1u, 9ul, 0ul), (2u, 2u, 9ul, 0ul) })
        {
            worker.Tell(new Terminated(_coordinator, "test"));
            _probe.Expect<Join>();
            _session = SessionOf(term, number);
            Welcome(worker, version);
            Assert.Equal((held, _session), (_probe.Expect<Ready>() is var ready ? ready.Held : 0, ready.Session));
        }
        SendWeights(worker, 6);
        Assert.Equal(6ul, _probe.Expect<WeightsHeld>().Version);
    }

    /// <summary>Chunks before it may have been lost with the connection, so a result of the former session must not reach the new one.</summary>
    [Fact]
    public void What_was_computed_for_a_coordinator_that_was_lost_goes_nowhere()
    {
        var data = new GatedData(Setup.Train);
        var worker = StartReady(new Loader(() => new LoadedJob(Setup with { Train = data }, new byte[32], new byte[32])));
        SendWeights(worker, 0);
        Say(worker, Assignment(0, (0, 4)));
        Assert.True(data.Entered.Wait(TimeSpan.FromSeconds(60)), "the computation begins");
        worker.Tell(new Terminated(_coordinator, "test"));
        _probe.Expect<Join>();
        _session = SessionOf(term: 1, worker: 2);
        Welcome(worker, version: 0);
        data.Gate.Set();

        _probe.Expect<Ready>();
        Assert.Equal((0, 0), (_probe.Count<TensorChunk>(), _probe.Count<PartialDone>()));
        Say(worker, Assignment(0, (0, 4)));
        _probe.Expect<PartialDone>();
        Assert.Equal(Chunks, _probe.Count<TensorChunk>());
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(4, 1)]
    [InlineData(0, 8)]
    [InlineData(0, 0)]
    public async Task Shards_that_are_none_end_it_with_a_sentence(uint first, uint count)
    {
        var worker = StartReady();
        Say(worker, Assignment(0, (first, count)));

        Assert.Contains("aligned runs of 0..3", _probe.Expect<WorkFailed>().Reason);
        Assert.Equal(WorkerOutcome.Failed, (await _end.Task.WaitAsync(TimeSpan.FromSeconds(60))).Outcome);
    }

    [Fact]
    public async Task Wrong_data_on_its_machine_ends_it_with_the_sentence()
    {
        var worker = Start(new Loader(() => throw new JobLoadException("no file train.csv here")));
        _probe.Expect<Join>();
        Welcome(worker);

        var failed = _probe.Expect<WorkFailed>();
        Assert.True(failed.Input);
        Assert.Equal("no file train.csv here", failed.Reason);
        Assert.Equal(WorkerOutcome.WrongInput, (await _end.Task.WaitAsync(TimeSpan.FromSeconds(60))).Outcome);
    }

    [Fact]
    public async Task A_fault_in_the_computation_is_told_and_ends_it()
    {
        var worker = Start(new Loader(() => throw new InvalidOperationException("a bug")));
        _probe.Expect<Join>();
        Welcome(worker);

        Assert.Contains("a bug", _probe.Expect<WorkFailed>().Reason);
        Assert.Equal(WorkerOutcome.Failed, (await _end.Task.WaitAsync(TimeSpan.FromSeconds(60))).Outcome);
    }

    [Fact]
    public async Task Ends_when_refused()
    {
        Say(Start(), new Refused { Reason = "other data" });
        Assert.Equal(new WorkerEnd(WorkerOutcome.Refused, "other data"), await _end.Task.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Gives_up_when_nobody_answers()
    {
        Start(patience: TimeSpan.FromSeconds(0.5));

        var end = await _end.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(WorkerOutcome.NoCoordinator, end.Outcome);
        Assert.Contains("no coordinator", end.Reason);
    }

    private static ulong SessionOf(uint term, uint worker) => (ulong)term << 32 | worker;

    private Assign Assignment(ulong step, params (uint First, uint Count)[] ranges)
    {
        var assign = new Assign { Step = step, Session = _session };
        foreach (var (first, count) in ranges) assign.Runs.Add([first, count]);
        return assign;
    }

    private ActorRef Start(IJobLoader? loader = null, TimeSpan? patience = null)
    {
        loader ??= new Loader(() =>
        {
            Interlocked.Increment(ref _loads);
            return new LoadedJob(Setup, new byte[32], new byte[32]);
        });
        var options = new WorkerOptions([_coordinator], "test", 0, patience ?? TimeSpan.FromMinutes(1), () => TimeSpan.Zero,
            end => _end.TrySetResult(end));
        return _host.Spawn("worker", () => new WorkerActor(options, loader, new WorkerDestination(new Scratch())), Supervision.Never);
    }

    private ActorRef StartReady(IJobLoader? loader = null)
    {
        var worker = Start(loader);
        _probe.Expect<Join>();
        Welcome(worker);
        Assert.Equal(new byte[32], _probe.Expect<Ready>().DataFingerprint.ToByteArray());
        return worker;
    }

    private void Say(ActorRef worker, object message) => _coordinator.Tell(new Probe.Send(worker, message));

    private void Welcome(ActorRef worker, ulong version = 100) => Say(worker, new Welcome
    {
        Worker = (uint)_session,
        Job = "the job",
        ChunkElements = ChunkElements,
        Session = _session,
        Version = version,
    });

    private void SendWeights(ActorRef worker, long version, float[]? weights = null)
    {
        weights ??= Setup.Model.Parameters.InitialWeights((ulong)version);
        for (var chunk = 0; chunk < Chunks; chunk++)
        {
            var slice = weights[(chunk * ChunkElements)..Math.Min(Elements, (chunk + 1) * ChunkElements)];
            Say(worker, new TensorChunk(new ChunkHeader(ChunkKind.Weights, version, chunk, 0, 0, slice.Length) { Session = _session }, slice));
        }
    }

    /// <summary>Data that can be read only once the gate is open.</summary>
    private sealed class GatedData(DataSet data) : DataAround(data)
    {
        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim Gate { get; } = new();

        public override void CopyFeatures(ReadOnlySpan<int> indices, Span<float> features)
        {
            Entered.Set();
            Assert.True(Gate.Wait(TimeSpan.FromSeconds(60)), "the gate opens");
            base.CopyFeatures(indices, features);
        }
    }

    private sealed class Loader(Func<LoadedJob> load) : IJobLoader
    {
        public LoadedJob Load(string yaml) => load();
    }

    private sealed class FullCoordinator : Actor
    {
        public override void Receive(object message)
        {
            if (message is Join) Context.Tell(Context.Sender!, new Wait { Reason = "the run is full" });
        }
    }

    private sealed class Scratch : IChunkDestination
    {
        public TensorChunk Rent(in ChunkHeader header) => new(header, new float[header.Elements]);
    }
}
