using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>Steps that must be seen whole before the first weight moves: clipping by norm and line searches, shared out over workers.</summary>
public class WholeStepTests
{
    private static readonly SteepestDescent Armijo = new(Rate: 1000), Exact = new(LineSearch.Exact, Rate: 0.1f);

    /// <summary>Cases by name: sgd with clipping, Adam with clipping on a schedule, both line searches.</summary>
    private static TrainingSetup Setup(string name) => name switch
    {
        "clip" => TestRun.Setup(epochs: 3) with { ClipNorm = 0.1f },
        "adam-clip-cosine" => TestRun.Setup(epochs: 3) with
        {
            Optimizer = new Adam(0.01f),
            ClipNorm = 0.05f,
            RateSchedule = new CosineSchedule { Warmup = 1 },
        },
        "armijo" => TestRun.Setup(epochs: 15) with { Batch = 90, Optimizer = Armijo },
        "exact" => TestRun.Setup(epochs: 15) with { Batch = 90, Optimizer = Exact },
        "adamw-clip-batch-norm" => Normalized(epochs: 3) with { Optimizer = new AdamW(0.01f), ClipNorm = 0.05f },
        "armijo-batch-norm" => Normalized(epochs: 10) with { Batch = 90, Optimizer = Armijo },
        _ => throw new ArgumentException(name),
    };

    /// <summary>With running statistics among the parameters, which no optimizer moves.</summary>
    private static TrainingSetup Normalized(int epochs) => TestRun.Setup(epochs) with
    {
        Model = new Model(new Sequential(new Linear(20), new BatchNorm(), new ReLU(), new Linear(3)), new Distributed.Engine.Shape(2), 3,
            new SoftmaxCrossEntropyLoss()),
    };

    public static TheoryData<string, int> NamesAndWorkers
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var name in Names)
                foreach (var workers in new[] { 1, 2, 3, 5 }) data.Add(name, workers);
            return data;
        }
    }

    public static TheoryData<string> Names => ["clip", "adam-clip-cosine", "armijo", "exact", "adamw-clip-batch-norm", "armijo-batch-norm"];

    [Theory]
    [MemberData(nameof(NamesAndWorkers))]
    public async Task Any_number_of_workers_gives_the_answer_of_the_plain_loop(string name, int workers)
    {
        var setup = Setup(name);
        var plain = LocalTrainer.Run(setup);

        var run = await TestRun.InProcess(TestRun.Options(setup, workers), workers);

        Assert.Equal(RunEnd.Done, run.End);
        Assert.Equal(plain.Fingerprint, run.Fingerprint);
        Assert.Equal(plain.LossHistory, run.LossHistory);
        Assert.Equal(plain.TestAccuracyHistory, run.AccuracyHistory);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_size_of_chunks_does_not_show(string name)
    {
        var setup = Setup(name) with { Epochs = 3 };
        var plain = LocalTrainer.Run(setup);
        foreach (var elements in new[] { 1, 100, 65536 })
        {
            var run = await TestRun.InProcess(TestRun.Options(setup, 2) with { ChunkElements = elements }, 2);
            Assert.True(plain.Fingerprint == run.Fingerprint, $"chunks of {elements}");
        }
    }

    /// <summary>From snapshots in mid-epoch and in mid-search: what was decided lies in the state.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_snapshot_leads_to_the_same_answer(string name)
    {
        var setup = Setup(name);
        var plain = LocalTrainer.Run(setup);
        var store = new Store();
        // A snapshot is left out while the one before is being written: how many a run gives is a matter of time.
        for (var runs = 0; !IsEnough(store.All, setup); runs++)
        {
            Assert.True(runs < 100, $"{store.All.Count} snapshots of {runs} runs, none in the middle of a search");
            await TestRun.InProcess(TestRun.Options(setup, 2) with { Checkpoints = store, CheckpointEvery = 1 }, 2);
        }

        foreach (var snapshot in store.All)
        {
            var resumed = await TestRun.InProcess(TestRun.Options(setup, 1) with { Resume = snapshot }, 1);
            Assert.True(plain.Fingerprint == resumed.Fingerprint, $"from step {snapshot.Step}");
        }
    }

    private static bool IsEnough(List<RunSnapshot> snapshots, TrainingSetup setup) => snapshots.Count > 2
        && (setup.Optimizer is not SteepestDescent || snapshots.Any(snapshot => snapshot.State.Scalars[0] == 1));

    /// <summary>The comparisons above can fail: clipping and the search do change the answer.</summary>
    [Fact]
    public void The_norm_and_the_search_are_part_of_the_answer()
    {
        var clipped = LocalTrainer.Run(Setup("clip")).Fingerprint;
        Assert.NotEqual(clipped, LocalTrainer.Run(Setup("clip") with { ClipNorm = 0.2f }).Fingerprint);
        Assert.NotEqual(clipped, LocalTrainer.Run(Setup("clip") with { ClipNorm = null }).Fingerprint);
        Assert.NotEqual(LocalTrainer.Run(Setup("armijo")).Fingerprint, LocalTrainer.Run(Setup("exact")).Fingerprint);
    }

    /// <summary>At the first weights there is no finite loss to go back to.</summary>
    [Fact]
    public async Task A_search_without_a_finite_begin_ends_with_a_sentence()
    {
        var setup = Setup("armijo") with { Regularizer = null, Model = Blinding() };
        var run = await TestRun.InProcess(TestRun.Options(setup, 2), 2);
        Assert.Equal(RunEnd.Failed, run.End);
        Assert.Matches(@"a number of step 0 \(epoch 1\) is not finite: in shard 0, squared-error in the loss squared", run.Reason);
    }

    /// <summary>First weights so large that squares overflow.</summary>
    private static Model Blinding() => new(new Linear(3, new Constant(1e30f)), new Distributed.Engine.Shape(2), 3, new SquaredLoss());

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
