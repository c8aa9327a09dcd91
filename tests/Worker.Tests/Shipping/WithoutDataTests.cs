using System.Security.Cryptography;
using Distributed.Actors;
using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Randomness;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Distributed.Testing;
using Distributed.Worker.Shipping;
using Google.Protobuf;
using Range = Distributed.Protocol.Range;

namespace Distributed.Worker.Tests.Shipping;

/// <summary>A worker without the data, and a coordinator that the test speaks for.</summary>
public sealed class WithoutDataTests : IAsyncDisposable
{
    private static readonly TrainingSetup Setup = new(
        new Model(new Sequential(new Linear(5), new Tanh(), new Linear(3)), new Shape(2), 3, new SoftmaxCrossEntropyLoss()),
        Spirals.Generate(3, 10, 0.1f, seed: 1), Spirals.Generate(3, 100, 0.1f, seed: 2), new Sgd(0.1f), null, 8, 4, 2, 3);

    private static readonly float[] Weights = Setup.Model.Parameters.InitialWeights(Setup.Seed);

    private readonly InProcessHost _host = new();
    private readonly TaskCompletionSource<WorkerEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MemorySamples _disk = new();
    private readonly ActorRef _coordinator;
    private readonly Probe _probe;
    private ulong _session = 0x1_0000_0001;

    public WithoutDataTests() => (_coordinator, _probe) = Probe.Spawn(_host, "coordinator");

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void Asks_for_the_samples_of_its_shards_and_then_ahead_and_computes_the_same_bits()
    {
        var worker = StartReady();
        SendWeights(worker, 0);
        Say(worker, Assignment(0, (1, 1), (2, 2)));

        var need = _probe.Expect<NeedSamples>();
        Assert.Equal((false, _session), (need.Test, need.Session));
        Assert.Equal([.. Of(0, 1, 3)], need.Samples.Order());
        Assert.Equal(0, _probe.Count<PartialDone>());
        Say(worker, Answer(need));

        var ahead = _probe.Expect<NeedSamples>();
        Assert.Equal([.. Of(1, 1, 3).Union(Of(2, 1, 3)).Except(Of(0, 1, 3)).Order()], ahead.Samples.Order());
        foreach (var range in new ShardRange[] { new(1, 1), new(2, 2) })
        {
            var expected = new float[Weights.Length];
            var sum = new ShardComputer(Setup, 4).Compute(0, 0, range, Weights, expected);
            Assert.Equal(expected, _probe.Expect<TensorChunk>().Data.ToArray());
            Assert.Equal(sum.Loss, _probe.Expect<PartialDone>().Loss);
        }

        // Nothing of the next step is lacking once the answer has come: it is computed, and no question that follows is answered.
        Say(worker, Answer(ahead));
        SendWeights(worker, 1);
        Say(worker, Assignment(1, (1, 1)));
        Assert.Equal(1ul, _probe.Expect<PartialDone>().Step);
    }

    [Fact]
    public void Test_samples_are_asked_for_when_they_are_evaluated()
    {
        var worker = StartReady();
        SendWeights(worker, 0);
        Say(worker, new Evaluate { Version = 0, Session = _session, Blocks = { new Range { First = 1, Count = 1 } } });

        var need = _probe.Expect<NeedSamples>();
        Assert.True(need.Test);
        var (first, count) = (EvaluationBlocks.Samples, Math.Min(EvaluationBlocks.Samples, Setup.Test!.Count - EvaluationBlocks.Samples));
        Assert.Equal(Enumerable.Range(first, count).Select(sample => (uint)sample), need.Samples);
        Say(worker, Answer(need));
        Assert.Equal(new ShardComputer(Setup, 4).Evaluate(Weights, first, count).Loss, _probe.Expect<EvaluationDone>().Loss);
    }

    [Fact]
    public void Shards_whose_weights_are_gone_are_dropped_without_their_samples()
    {
        var worker = StartReady();
        SendWeights(worker, 3);
        Say(worker, Assignment(1, (0, 1)));
        Assert.True(_probe.Expect<PartialDone>().Dropped);
    }

    [Fact]
    public void What_it_holds_outlives_the_connection_and_the_process()
    {
        var worker = StartReady();
        SendWeights(worker, 0);
        Say(worker, Assignment(0, (0, 4)));
        var lost = _probe.Expect<NeedSamples>();
        Say(worker, new Deposed { Session = _session, Reason = "lost" });
        _session++;
        Join(worker);
        Say(worker, Answer(lost)); // of the session before
        SendWeights(worker, 0);
        Say(worker, Assignment(0, (0, 4)));
        var need = _probe.Expect<NeedSamples>();
        Assert.Equal(lost.Samples.Order(), need.Samples.Order());
        Say(worker, Answer(need));
        _probe.Expect<PartialDone>();
        Assert.Equal(need.Samples.Count, _disk.Written);

        var other = StartReady("worker/2");
        SendWeights(other, 0);
        Say(other, Assignment(0, (0, 4)));
        _probe.Expect<PartialDone>();
        Assert.Equal(need.Samples.Count, _disk.Written);
    }

    [Fact]
    public void An_answer_to_no_open_question_changes_nothing()
    {
        var worker = StartReady();
        SendWeights(worker, 0);
        Say(worker, Answer(new NeedSamples { Session = _session, Samples = { 1, 2 } }));
        Say(worker, Assignment(0, (0, 1)));
        var need = _probe.Expect<NeedSamples>();
        Say(worker, Answer(new NeedSamples { Session = _session, Samples = { need.Samples[0] } }));
        Say(worker, Answer(need));
        _probe.Expect<PartialDone>();
        Assert.Equal(need.Samples.Count, _disk.Written);
    }

    [Theory]
    [InlineData("hash", "wrong hash")]
    [InlineData("length", "samples of 12")]
    public async Task An_answer_that_is_wrong_ends_it(string how, string sentence)
    {
        var worker = StartReady();
        SendWeights(worker, 0);
        Say(worker, Assignment(0, (0, 1)));
        var answer = Answer(_probe.Expect<NeedSamples>());
        if (how == "hash") answer.Hash = ByteString.CopyFrom(new byte[32]);
        else answer.Records = ByteString.CopyFrom(answer.Records.Span[1..]);
        Say(worker, answer);

        Assert.Contains(sentence, _probe.Expect<WorkFailed>().Reason, StringComparison.Ordinal);
        Assert.Equal(WorkerOutcome.Failed, (await _end.Task.WaitAsync(TimeSpan.FromSeconds(60))).Outcome);
        Assert.Equal(0, _disk.Written);
    }

    [Fact]
    public void Where_nothing_is_offered_the_missing_data_is_told()
    {
        var worker = Start("worker");
        _probe.Expect<Join>();
        Say(worker, Welcome(offers: false));
        Assert.Equal("the data is not here", _probe.Expect<WorkFailed>().Reason);
    }

    /// <summary>The samples of some shards of a step of the first epoch.</summary>
    private static uint[] Of(int batch, int first, int count)
    {
        var layout = Setup.Layout;
        var (from, end) = (layout.ShardOffset(batch, first), layout.ShardOffset(batch, first + count));
        var samples = new int[end - from];
        new SampleOrder(Setup.Train.Count, Setup.Seed).Fill(0, layout.FirstSample(batch) + from, samples);
        return [.. samples.Select(sample => (uint)sample).Order()];
    }

    private static Samples Answer(NeedSamples need)
    {
        var records = SampleRecords.Of(need.Test ? Setup.Test! : Setup.Train, [.. need.Samples.Select(sample => (int)sample)]);
        var answer = new Samples { Session = need.Session, Test = need.Test, Records = ByteString.CopyFrom(records), Hash = ByteString.CopyFrom(SHA256.HashData(records)) };
        answer.Samples_.AddRange(need.Samples);
        return answer;
    }

    private ActorRef Start(string name)
    {
        var options = new WorkerOptions([_coordinator], name, 0, TimeSpan.FromMinutes(1), () => TimeSpan.Zero, end => _end.TrySetResult(end));
        return _host.Spawn(name, () => new WorkerActor(options, new Loader(_disk), new WorkerDestination(new Scratch())), Supervision.Never);
    }

    private ActorRef StartReady(string name = "worker")
    {
        var worker = Start(name);
        Join(worker);
        return worker;
    }

    private void Join(ActorRef worker)
    {
        _probe.Expect<Join>();
        Say(worker, Welcome(offers: true));
        while (_probe.Expect<Ready>().Session != _session)
        {
            // Of the session before.
        }
    }

    private Welcome Welcome(bool offers) => new()
    {
        Worker = (uint)_session,
        Job = "the job",
        ChunkElements = (uint)Weights.Length,
        Session = _session,
        Version = 100,
        Train = offers ? SampleRecords.Describe(Setup.Train) : null,
        Test = offers ? SampleRecords.Describe(Setup.Test!) : null,
    };

    private Assign Assignment(ulong step, params (uint First, uint Count)[] ranges)
    {
        var assign = new Assign { Step = step, Batch = (uint)step, Session = _session };
        foreach (var (first, count) in ranges) assign.Runs.Add([first, count]);
        return assign;
    }

    private void SendWeights(ActorRef worker, long version) =>
        Say(worker, new TensorChunk(new ChunkHeader(ChunkKind.Weights, version, 0, 0, 0, Weights.Length) { Session = _session }, Weights.ToArray()));

    private void Say(ActorRef worker, object message) => _coordinator.Tell(new Probe.Send(worker, message));

    private sealed class Loader(MemorySamples disk) : IJobLoader
    {
        public LoadedJob Load(string yaml) => throw new JobLoadException("the data is not here");

        public LoadedJob Load(string yaml, OfferedData? offered)
        {
            if (offered is null) return Load(yaml);
            var (train, test) = (new ShippedDataSet(offered.Train, disk), new ShippedDataSet(offered.Test!, disk));
            var setup = Setup with { Train = train, Test = test };
            return new LoadedJob(setup, new byte[32], new byte[32]) { Shipped = new ShippedSamples(setup, train, test) };
        }
    }

    private sealed class Scratch : IChunkDestination
    {
        public TensorChunk Rent(in ChunkHeader header) => new(header, new float[header.Elements]);
    }
}
