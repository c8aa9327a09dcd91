using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>A step whose loss or gradient is not finite: the sentence, the weights and the record are those of the plain loop.</summary>
public class NonFiniteRunTests
{
    public static TheoryData<string, int> NamesAndWorkers
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var name in NonFiniteSetups.Names)
                foreach (var workers in new[] { 1, 2, 3, 5 }) data.Add(name, workers);
            return data;
        }
    }

    public static TheoryData<string> Names => [.. NonFiniteSetups.Names];

    [Theory]
    [MemberData(nameof(NamesAndWorkers))]
    public async Task The_run_stops_with_the_sentence_of_the_plain_loop_whoever_computes(string name, int workers)
    {
        var setup = NonFiniteSetups.Of(name);
        var sentence = Assert.Throws<DivergedException>(() => LocalTrainer.Run(setup)).Message;

        var run = await TestRun.InProcess(TestRun.Options(setup, workers), workers);

        Assert.Equal(RunEnd.Failed, run.End);
        Assert.Equal($"{sentence} There is no checkpoint to go on from.", run.Reason);
        Assert.Equal(name == "weights" ? NonFiniteEnd.Weights : NonFiniteEnd.Step, run.NonFinite);
        Assert.All(run.Weights.Where(_ => name != "weights"), weight => Assert.True(float.IsFinite(weight)));
    }

    [Theory]
    [InlineData("explodes", @"step 1 \(epoch 1\) is not finite: in shard 0, linear in layer ""linear2"" is the first operation whose output is not finite")]
    [InlineData("weights", @"step 1 \(epoch 1\) is not finite: the weights ""linear1.weight"" are not finite already before the step")]
    [InlineData("feature", @"\(epoch 1\) is not finite: in shard \d, the features of training sample (17|71) hold NaN \(element 0\)")]
    [InlineData("log", @"\(epoch 1\) is not finite: in shard \d, log in layer ""log1"" .* -infinity for training sample 41, since a logarithm")]
    [InlineData("backward", @"all values are finite, and sqrt in layer ""sqrt1"" is the first operation to pass back a gradient that is not: .* training sample 41")]
    [InlineData("sum", @"the gradient of ""linear1.weight"" is -infinity \(element 0\) once the shards are added, though each shard's own is finite")]
    public async Task The_sentence_says_where_it_begins(string name, string pattern)
    {
        var run = await TestRun.InProcess(TestRun.Options(NonFiniteSetups.Of(name), 2), 2);
        Assert.True(System.Text.RegularExpressions.Regex.IsMatch(run.Reason, pattern), run.Reason);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_last_good_checkpoint_is_named_and_none_is_written_that_is_not_good(string name)
    {
        var store = new Store();
        var options = TestRun.Options(NonFiniteSetups.Of(name), 2) with { Checkpoints = store, CheckpointEvery = 1 };

        var run = await TestRun.InProcess(options, 2);

        Assert.Equal(RunEnd.Failed, run.End);
        Assert.All(store.All, snapshot => Assert.All(snapshot.Weights, weight => Assert.True(float.IsFinite(weight))));
        Assert.EndsWith(store.All.LastOrDefault() is { } last ? $" The last good checkpoint is step {last.Step}." : " There is no checkpoint to go on from.",
            run.Reason);
        Assert.InRange(store.All.Count, name is "explodes" ? 1 : 0, name is "weights" ? 0 : int.MaxValue);
    }

    [Fact]
    public async Task A_run_that_went_on_from_a_checkpoint_names_it_where_it_has_taken_none_itself()
    {
        var setup = NonFiniteSetups.Of("explodes");
        var resume = new RunSnapshot(0, setup.Model.Parameters.InitialWeights(setup.Seed), setup.Optimizer.NewState(setup.Model.Parameters.Count), default, [], 0, 0)
        { Path = "the/one/before" };

        var run = await TestRun.InProcess(TestRun.Options(setup, 1) with { Resume = resume }, 1);

        Assert.EndsWith(" The last good checkpoint is the/one/before.", run.Reason);
    }

    [Theory]
    [MemberData(nameof(NamesAndWorkers))]
    public async Task Skipped_steps_leave_the_weights_and_the_record_of_the_plain_loop(string name, int workers)
    {
        var setup = NonFiniteSetups.Of(name) with { OnNonFinite = NonFinitePolicy.Skip };
        if (name == "weights")
        {
            var sentence = Assert.Throws<DivergedException>(() => LocalTrainer.Run(setup)).Message;
            Assert.StartsWith(sentence, (await TestRun.InProcess(TestRun.Options(setup, workers), workers)).Reason);
            return;
        }
        var plain = LocalTrainer.Run(setup);
        Assert.NotEqual(0, plain.SkippedSteps.Count);

        var run = await TestRun.InProcess(TestRun.Options(setup, workers), workers);

        AssertSame(plain, run);
        Assert.Equal(setup.Epochs * setup.Train.Count, run.Samples);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(65536)]
    public async Task The_size_of_chunks_does_not_show(int elements)
    {
        var setup = NonFiniteSetups.Spirals([17, 71]) with { OnNonFinite = NonFinitePolicy.Skip };
        AssertSame(LocalTrainer.Run(setup), await TestRun.InProcess(TestRun.Options(setup, 3) with { ChunkElements = elements }, 3));
    }

    [Fact]
    public async Task Every_snapshot_leads_to_the_same_answer_and_the_same_record()
    {
        var setup = NonFiniteSetups.Spirals([17, 71]) with { OnNonFinite = NonFinitePolicy.Skip };
        var plain = LocalTrainer.Run(setup);
        var store = new Store();
        await TestRun.InProcess(TestRun.Options(setup, 2) with { Checkpoints = store, CheckpointEvery = 1 }, 2);
        Assert.Contains(store.All, snapshot => snapshot.SkippedSteps.Count > 0 && snapshot.Step < setup.TotalSteps);

        foreach (var snapshot in store.All) AssertSame(plain, await TestRun.InProcess(TestRun.Options(setup, 1) with { Resume = snapshot }, 1));
    }

    /// <summary>What a run under "stop" has come to is what one under "skip" would have: nothing was to be skipped so far.</summary>
    [Fact]
    public async Task A_run_that_stopped_may_go_on_skipping()
    {
        var stop = NonFiniteSetups.Spirals([17, 71]);
        var skip = stop with { OnNonFinite = NonFinitePolicy.Skip };
        var initial = new RunSnapshot(0, stop.Model.Parameters.InitialWeights(stop.Seed), stop.Optimizer.NewState(stop.Model.Parameters.Count), default, [], 0, 0);
        var store = new Store();
        await TestRun.InProcess(TestRun.Options(stop, 2) with { Checkpoints = store, CheckpointEvery = 1 }, 2);

        AssertSame(LocalTrainer.Run(skip), await TestRun.InProcess(TestRun.Options(skip, 2) with { Resume = store.All.LastOrDefault() ?? initial }, 2));
    }

    [Fact]
    public async Task A_run_of_which_every_step_is_skipped_ends_as_it_began()
    {
        var setup = NonFiniteSetups.Spirals([.. Enumerable.Range(0, 90)], epochs: 2) with { OnNonFinite = NonFinitePolicy.Skip, EarlyStopping = new EarlyStopping(1) };
        var store = new Store();

        var run = await TestRun.InProcess(TestRun.Options(setup, 2) with { Checkpoints = store }, 2);

        AssertSame(LocalTrainer.Run(setup), run);
        Assert.Equal(setup.Model.Parameters.InitialWeights(setup.Seed), run.Weights);
        Assert.All(run.LossHistory, loss => Assert.True(double.IsNaN(loss)));
        Assert.Equal(run.SkippedSteps.ToString(), store.All[^1].SkippedSteps.ToString());
    }

    [Fact]
    public async Task Who_watches_is_told_of_each_skipped_step()
    {
        var setup = NonFiniteSetups.Spirals([17, 71]) with { OnNonFinite = NonFinitePolicy.Skip };
        var recorder = new TestRun.Recorder();
        await using var host = new Actors.InProcessHost();
        var coordinator = host.Spawn("coordinator", () => new CoordinatorActor(TestRun.Options(setup, 1), recorder), Actors.Supervision.Never);
        host.Spawn("worker/1", () => TestRun.Worker(setup, coordinator, "worker/1"), Actors.Supervision.Never);
        Assert.Null(await host.WhenStopped(coordinator).WaitAsync(TestRun.Patience));

        var told = recorder.Events.OfType<RunEvent.StepSkipped>().ToArray();
        Assert.Equal(LocalTrainer.Run(setup).SkippedSteps.Steps, told.Select(step => step.Step));
        Assert.Equal(Enumerable.Range(1, told.Length).Select(i => (long)i), told.Select(step => step.Skipped));
        Assert.All(told, step => Assert.Equal((step.Step / 3, "the loss is NaN"), (step.Epoch, step.Reason)));
        Assert.Equal(setup.TotalSteps, recorder.Events.OfType<RunEvent.StepCommitted>().Count());
    }

    private static void AssertSame(TrainingResult plain, RunResult run)
    {
        Assert.Equal((RunEnd.Done, "done"), (run.End, run.Reason.StartsWith("stopped early", StringComparison.Ordinal) ? "done" : run.Reason));
        Assert.Equal(plain.Fingerprint, run.Fingerprint);
        Assert.Equal(plain.SkippedSteps.ToString(), run.SkippedSteps.ToString());
        Assert.Equal(plain.LossHistory, run.LossHistory);
        Assert.Equal(plain.TestAccuracyHistory, run.AccuracyHistory);
    }

    private sealed class Store : ICheckpointStore
    {
        public List<RunSnapshot> All { get; } = [];

        public string Save(RunSnapshot snapshot)
        {
            All.Add(snapshot);
            return $"step {snapshot.Step}";
        }
    }
}
