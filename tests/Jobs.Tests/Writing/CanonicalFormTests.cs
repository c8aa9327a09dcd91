using Distributed.Engine.Data;
using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Jobs.Catalogs;

namespace Distributed.Jobs.Tests.Writing;

public class CanonicalFormTests
{
    [Fact]
    public void Every_default_is_written_out() => Assert.Equal("""
        name: small
        seed: 1
        data:
          spiral: {arms: 3, points: 10, noise: 0.2, seed: 0, scale: none, test: training}
        model:
          - linear: {outputs: 5, init: auto}
          - relu
          - linear: {outputs: 3, init: auto}
        loss:
          softmax-cross-entropy: {smoothing: 0, class_weights: none}
        optimizer:
          sgd: {rate: 0.5, momentum: 0, weight_decay: 0, nesterov: false}
        regularizer: none
        batch: 30
        shards: 8
        epochs: 2
        checkpoint: none
        target: data
        clip_norm: none
        early_stopping: none
        schedule: none
        rate_changes: none
        augment: none
        on_nan: stop

        """, TestJobs.Read(TestJobs.Spiral).ToYaml());

    [Fact]
    public void A_key_that_came_later_is_in_the_fingerprint_only_where_it_says_something()
    {
        var job = TestJobs.Read(TestJobs.Spiral);
        Assert.Equal(job.Fingerprint, TestJobs.Read(TestJobs.Spiral, "clip_norm=none").Fingerprint);
        Assert.NotEqual(job.Fingerprint, TestJobs.Read(TestJobs.Spiral, "clip_norm=2").Fingerprint);
        Assert.Equal(job.Fingerprint, TestJobs.Read(TestJobs.Spiral, "on_nan=stop").Fingerprint);
        Assert.NotEqual(job.Fingerprint, TestJobs.Read(TestJobs.Spiral, "on_nan=skip").Fingerprint);
        Assert.NotEqual(job.Fingerprint, TestJobs.Read(TestJobs.Spiral, "early_stopping=2").Fingerprint);
        Assert.Equal(job.Fingerprint, TestJobs.Read(TestJobs.Spiral, "schedule=none", "optimizer.nesterov=false").Fingerprint);
        Assert.NotEqual(job.Fingerprint, TestJobs.Read(TestJobs.Spiral, "schedule=cosine").Fingerprint);
        Assert.NotEqual(job.Fingerprint, TestJobs.Read(TestJobs.Spiral, "optimizer.nesterov=true").Fingerprint);
    }

    [Fact]
    public void What_does_not_fit_a_line_is_written_below_its_key()
    {
        var folder = "/" + string.Join('/', Enumerable.Repeat("folder", 20));
        var job = TestJobs.SpiralInCode with
        {
            Data = new IdxData { Folder = folder },
            Regularizer = new L2(0.001f, Halved: true),
            Checkpoint = new Checkpoint(4),
        };
        Assert.Contains($$"""
            data:
              idx:
                folder: "{{folder}}"
                set: mnist
                scale: unit
                test: own
            model:
            """, job.ToYaml(), StringComparison.Ordinal);
        Assert.Equal(job, TestJobs.Read(job.ToYaml()));
    }

    [Fact]
    public void Random_jobs_come_back_as_they_were()
    {
        const int seed = 1;
        var jobs = new RandomJobs(seed);
        var kinds = new HashSet<Type>();
        for (var i = 0; i < 2000; i++)
        {
            var job = jobs.Next();
            var yaml = job.ToYaml();
            var result = JobReader.Read(yaml, "job.yaml");
            Assert.True(result.Job is not null, $"seed {seed}, job {i}: {string.Join('\n', result.Problems)}\n{yaml}");
            var back = result.Job;
            // Engine records compare by value, so these do not lean on the writer.
            Assert.Equal(job.Data, back.Data);
            Assert.Equal(job.Model.Layers, back.Model.Layers);
            Assert.Equal(job.Optimizer, back.Optimizer);
            Assert.Equal(job.Schedule, back.Schedule);
            Assert.Equal(job.Regularizer, back.Regularizer);
            Assert.Equal(job.Augment, back.Augment);
            Assert.Equal(job.Loss.GetType(), back.Loss.GetType());
            Assert.Equal((job.Name, job.Seed, job.Batch, job.Shards, job.Epochs, job.Checkpoint),
                (back.Name, back.Seed, back.Batch, back.Shards, back.Epochs, back.Checkpoint));
            Assert.Equal(yaml, back.ToYaml());
            Assert.Equal(job, back);
            Assert.Equal(job.GetHashCode(), back.GetHashCode());
            kinds.UnionWith([job.Data.GetType(), job.Loss.GetType(), job.Data.Test?.GetType() ?? typeof(void), job.Optimizer.GetType(),
                job.Schedule?.GetType() ?? typeof(void), .. job.Model.Layers.Select(layer => layer.GetType()),
                .. job.Model.Layers.OfType<Linear>().Select(layer => layer.Weights?.GetType() ?? typeof(void))]);
        }
        Family[] families = [Catalog.Data, Catalog.TestParts, Catalog.Layers, Catalog.Losses, Catalog.Optimizers, Catalog.Schedules, Catalog.Initializers];
        Assert.Empty(families.SelectMany(family => family.Kinds).Where(kind => !kinds.Contains(kind.Type)).Select(kind => kind.Name));
    }

    [Fact]
    public void Jobs_of_the_largest_size_can_be_read_back()
    {
        var job = TestJobs.SpiralInCode with
        {
            Model = new Sequential([.. Enumerable.Repeat(new Linear(1 << 10, new Gaussian(1.1754944E-38f)), JobLimits.MaxLayers - 1), new Linear(3)]),
        };
        Assert.Equal(job, TestJobs.Read(job.ToYaml()));
    }

    [Fact]
    public void The_fingerprint_is_the_same_whatever_cannot_change_the_answer()
    {
        var job = TestJobs.SpiralInCode with { Data = new IdxData { Folder = "a" } };
        Assert.Equal(job.Fingerprint, (job with { Name = "other" }).Fingerprint);
        Assert.Equal(job.Fingerprint, (job with { Checkpoint = new Checkpoint(3) }).Fingerprint);
        Assert.Equal(job.Fingerprint, (job with { Data = new IdxData { Folder = "b" } }).Fingerprint);
        Assert.Equal(job.Fingerprint, job.Resolved("/x").Fingerprint);

        var csv = job with { Data = new CsvData { File = "a.csv", Test = new TestFile("b.csv") } };
        Assert.Equal(csv.Fingerprint, (csv with { Data = new CsvData { File = "c.csv", Test = new TestFile("d.csv") } }).Fingerprint);
        Assert.Equal(32, job.Fingerprint.Length);
    }

    [Fact]
    public void The_fingerprint_tells_everything_else_apart()
    {
        var job = TestJobs.SpiralInCode;
        var spiral = (SpiralData)job.Data;
        var csv = new CsvData { File = "a.csv" };
        Job[] all =
        [
            job,
            job with { Seed = 2 },
            job with { Data = spiral with { Arms = 4 } },
            job with { Data = spiral with { Points = 11 } },
            job with { Data = spiral with { Noise = 0.25f } },
            job with { Data = spiral with { Seed = 1 } },
            job with { Data = spiral with { Scale = Scaling.Standardize } },
            job with { Data = spiral with { Test = null } },
            job with { Data = spiral with { Test = new HeldOut(0.5f) } },
            job with { Data = spiral with { Test = new HeldOut(0.5f, 1) } },
            job with { Data = spiral with { Test = new FreshDraw(10) } },
            job with { Data = new XorData() },
            job with { Data = new IdxData { Folder = "a" } },
            job with { Data = csv },
            job with { Data = csv with { Label = "1" } },
            job with { Data = csv with { Header = false } },
            job with { Data = csv with { Delimiter = ';' } },
            job with { Data = csv with { Test = new TestFile("b") } },
            job with { Model = new Sequential(new Linear(5), new ReLU(), new Linear(4)) },
            job with { Model = new Sequential(new Linear(5), new Tanh(), new Linear(3)) },
            job with { Model = new Sequential(new Linear(5, new HeNormal()), new ReLU(), new Linear(3)) },
            job with { Loss = new SquaredLoss() },
            job with { Loss = new MulticlassHingeLoss() },
            job with { Loss = new MulticlassHingeLoss(2) },
            job with { Loss = new SoftmaxCrossEntropyLoss(0.1f) },
            job with { Loss = new SoftmaxCrossEntropyLoss(0, [1, 1, 1]) },
            job with { Loss = new SoftmaxCrossEntropyLoss(0, [1, 1, 2]) },
            job with { Loss = new BinaryCrossEntropyLoss() },
            job with { Loss = new MarginLoss() },
            job with { Loss = new PerceptronLoss() },
            job with { Loss = new MeanAbsoluteLoss() },
            job with { Loss = new HuberLoss() },
            job with { Loss = new HuberLoss(2) },
            job with { Regularizer = new L1(0.1f) },
            job with { Regularizer = new L1(0.1f, BiasesToo: true) },
            job with { Regularizer = new ElasticNet(0.1f, 0) },
            job with { Regularizer = new ElasticNet(0, 0.1f) },
            job with { Optimizer = new Sgd(0.5f, 0.9f) },
            job with { Optimizer = new Sgd(0.25f) },
            job with { Optimizer = new Sgd(0.5f, 0, 0.1f) },
            job with { Regularizer = new L2(0.1f) },
            job with { Regularizer = new L2(0.1f, Halved: true) },
            job with { Regularizer = new L2(0.1f, BiasesToo: true) },
            job with { Batch = 29 },
            job with { Shards = 4 },
            job with { Epochs = 3 },
        ];
        Assert.Equal(all.Length, all.Select(j => Convert.ToHexString(j.Fingerprint)).Distinct().Count());
    }

    /// <summary>A change here means that no run of before can be gone on with: it wants a new number in the fingerprint's first
    /// line, and a word in the notes of the release.</summary>
    [Fact]
    public void The_fingerprint_of_a_job_never_changes_by_itself() =>
        Assert.Equal("50904264bbbb90aac6161388ba549d3a8c22f6b30bdd343650be123352d4455e",
            Convert.ToHexStringLower(TestJobs.SpiralInCode.Fingerprint));

    [Fact]
    public void What_no_job_file_can_say_is_refused()
    {
        var nested = TestJobs.SpiralInCode with { Model = new Sequential(new Linear(5), new Sequential(new Linear(3))) };
        Assert.Equal("model[1]: Sequential is no layer that a job can name; known: [layers]",
            TestJobs.Abbreviate(Assert.Throws<JobException>(nested.ToYaml).Message));

        var initializer = TestJobs.SpiralInCode with { Model = new Sequential(new Linear(3, Initializer.Zero)) };
        Assert.StartsWith("model[0].linear.init: ZeroInitializer is no initializer that a job can name",
            Assert.Throws<JobException>(initializer.ToYaml).Message, StringComparison.Ordinal);

        var test = TestJobs.SpiralInCode with { Data = new SpiralData { Test = new OwnTestPart() } };
        Assert.Equal("data.spiral.test: own cannot stand here; wanted a test part (draw, fraction, none, training)",
            Assert.Throws<JobException>(test.ToYaml).Message);

        var delimiter = TestJobs.SpiralInCode with { Data = new CsvData { File = "a", Delimiter = ':' } };
        Assert.Equal("data.csv.delimiter: : is no delimiter; wanted one of comma, semicolon, tab, space, bar",
            Assert.Throws<JobException>(delimiter.ToYaml).Message);
    }
}
