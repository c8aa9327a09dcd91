using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Engine.Data.Augmentations;
using Distributed.Engine.Images;
using Distributed.Engine.Layers;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Jobs.Tests;

public class JobPreparationTests
{
    private static readonly PrepareOptions Here = new() { BaseFolder = Path.GetTempPath() };

    [Fact]
    public void The_setup_has_what_the_job_says()
    {
        var job = TestJobs.SpiralInCode with { Seed = 9, Regularizer = new Engine.Optimizers.L2(0.5f), Shards = 4 };
        var setup = job.Prepare(Here);
        Assert.Equal((30, 4, 2, 9UL), (setup.Batch, setup.Shards, setup.Epochs, setup.Seed));
        Assert.Same(job.Optimizer, setup.Optimizer);
        Assert.Same(job.Regularizer, setup.Regularizer);
        Assert.Same(job.Loss, setup.Model.Loss);
        Assert.Same(job.Model, setup.Model.Network);
        Assert.Equal(2 * 5 + 5 + 5 * 3 + 3, setup.Model.Parameters.Count);
        Assert.Equal((30, 3, new Shape(2)), (setup.Train.Count, setup.Train.Classes, setup.Train.SampleShape));
        Assert.Same(setup.Train, setup.Test);
        Assert.Equal(Spirals.Generate(3, 10, 0.2f, 0).Fingerprint, setup.Train.Fingerprint);
    }

    [Theory]
    [InlineData("optimizer={sgd: {rate: 0.5, momentum: 0.9, nesterov: true}}")]
    [InlineData("optimizer=adagrad")]
    [InlineData("optimizer={rmsprop: {rate: 0.01, momentum: 0.5}}")]
    [InlineData("optimizer=adam")]
    [InlineData("optimizer={adamw: {rate: 0.01, weight_decay: 0.1}}")]
    [InlineData("optimizer=steepest-descent")]
    [InlineData("optimizer={steepest-descent: exact}")]
    [InlineData("schedule=cosine")]
    [InlineData("schedule={step: {every: 1, factor: 0.5}}")]
    [InlineData("schedule={exponential: 0.9}")]
    [InlineData("schedule={linear: {floor: 0.1, warmup: 1}}")]
    [InlineData("schedule={constant: 1.5}")]
    [InlineData("model[0].init=he-uniform")]
    [InlineData("model[0].init=orthogonal")]
    [InlineData("model[0].init={uniform: 0.5}")]
    [InlineData("model[0].init={constant: 0.1}")]
    public void A_job_trains_with_what_it_names_and_another_answer_comes_out(string change)
    {
        var plain = LocalTrainer.Run(TestJobs.Read(TestJobs.Spiral, "batch=12", "epochs=3").Prepare(Here));
        var batch = change.Contains("steepest", StringComparison.Ordinal) ? 30 : 12;
        var job = TestJobs.Read(TestJobs.Spiral, $"batch={batch}", "epochs=3", change);
        var other = LocalTrainer.Run(job.Prepare(Here));
        Assert.NotEqual(plain.Fingerprint, other.Fingerprint);
        Assert.All(other.Weights, weight => Assert.True(float.IsFinite(weight)));
        Assert.Equal(job, TestJobs.Read(job.ToYaml()));
    }

    /// <summary>With such a rate the weights grow until numbers overflow.</summary>
    [Fact]
    public void A_job_says_what_becomes_of_a_step_that_is_not_finite()
    {
        string[] exploding = ["loss=squared", "optimizer.rate=1e+20", "epochs=4"];
        var stop = TestJobs.Read(TestJobs.Spiral, exploding);
        var skip = TestJobs.Read(TestJobs.Spiral, [.. exploding, "on_nan=skip"]);
        Assert.Equal((NonFinitePolicy.Stop, NonFinitePolicy.Skip), (stop.Prepare(Here).OnNonFinite, skip.Prepare(Here).OnNonFinite));

        Assert.Matches(@"^a number of step \d \(epoch \d\) is not finite: in shard \d, .* in (layer|the loss) .*sample",
            Assert.Throws<DivergedException>(() => LocalTrainer.Run(stop.Prepare(Here))).Message);
        var trained = LocalTrainer.Run(skip.Prepare(Here));
        Assert.InRange(trained.SkippedSteps.Count, 1, 3);
        Assert.All(trained.Weights, weight => Assert.True(float.IsFinite(weight)));
        Assert.Contains("on_nan: wanted stop or skip", Problems("on_nan=[]"));
        Assert.Contains("\"jump\"", Problems("on_nan=jump"));

        string Problems(string change) => string.Join('\n', JobReader.Read(TestJobs.Spiral, "job.yaml", [change]).Problems);
    }

    [Fact]
    public void What_does_not_go_with_a_line_search_is_refused()
    {
        var job = TestJobs.Read(TestJobs.Spiral, "optimizer=steepest-descent", "batch=29", "clip_norm=1", "early_stopping=2", "schedule=cosine", "rate_changes={3: 1}");
        Assert.Equal("""
            job.yaml, line 9, batch: steepest-descent wants all 30 training samples in a batch, came 29
            """, string.Join('\n', Assert.Throws<JobException>(() => (job with { ClipNorm = null, EarlyStopping = null, Schedule = null, RateChanges = RateChanges.None })
                .Prepare(Here)).Problems));
        Assert.Equal(["batch", "clip_norm", "schedule", "rate_changes", "early_stopping"],
            Assert.Throws<JobException>(() => job.Prepare(Here)).Problems.Select(problem => problem.Path));
        Assert.Equal(45, (job with { Batch = 45, ClipNorm = null, EarlyStopping = null, Schedule = null, RateChanges = RateChanges.None }).Prepare(Here).Batch);
    }

    [Fact]
    public void Test_parts_are_what_their_names_say()
    {
        (int Train, int? Test) Counts(TestPart? test)
        {
            var setup = (TestJobs.SpiralInCode with { Data = new SpiralData { Points = 10, Test = test } }).Prepare(Here);
            return (setup.Train.Count, setup.Test?.Count);
        }

        Assert.Equal((30, null), Counts(null));
        Assert.Equal((30, 30), Counts(new TrainingPoints()));
        Assert.Equal((24, 6), Counts(new HeldOut(0.2f)));
        Assert.Equal((30, 15), Counts(new FreshDraw(5)));

        var draw = (TestJobs.SpiralInCode with { Data = new SpiralData { Points = 10, Test = new FreshDraw(10) } }).Prepare(Here);
        Assert.NotEqual(draw.Train.Fingerprint, draw.Test!.Fingerprint);
        var xor = TestJobs.Read(TestJobs.Spiral, "data={xor: {copies: 2, test: {draw: 3}}}", "model[2].outputs=2").Prepare(Here);
        Assert.Equal((8, 12), (xor.Train.Count, xor.Test!.Count));
    }

    [Theory]
    [InlineData("moons", "[2]", 2, 200, 200)]
    [InlineData("moons: {points: 20, test: {draw: 30}}", "[2]", 2, 40, 60)]
    [InlineData("circles: {points: 20, ratio: 0.25, noise: 0, test: {fraction: 0.25}}", "[2]", 2, 30, 10)]
    [InlineData("blobs: {classes: 4, points: 5, dimensions: 3, test: {draw: {size: 2, seed: 4}}}", "[3]", 4, 20, 8)]
    [InlineData("glyphs: {count: 50, test: {draw: 20}}", "[1, 28, 28]", 10, 50, 20)]
    public void Generated_data_has_the_shape_the_job_says(string data, string shape, int classes, int train, int test)
    {
        var setup = TestJobs.Read(TestJobs.Spiral, $"data={(data.Contains(':') ? $"{{{data}}}" : data)}", $"model=[flatten, linear: {classes}]")
            .Prepare(Here);
        Assert.Equal((shape, classes, train, test),
            (setup.Train.SampleShape.ToString(), setup.Train.Classes, setup.Train.Count, setup.Test!.Count));
        if (train != test) Assert.NotEqual(setup.Train.Fingerprint, setup.Test.Fingerprint);
    }

    [Fact]
    public void Sines_and_scenes_have_targets_of_their_own_kind()
    {
        var sine = TestJobs.Read(TestJobs.Spiral, "data={sine: {count: 30, test: {draw: 5}}}", "model=[linear: 1]", "loss=squared").Prepare(Here);
        Assert.Equal((new Shape(1), new ValueTarget(new Shape(1)), 30, 5),
            (sine.Train.SampleShape, sine.Train.Target, sine.Train.Count, sine.Test!.Count));
        var scenes = TestJobs.Read(TestJobs.Spiral, "data={scenes: {count: 3, side: 9, colour: true, test: {draw: 2}}}",
            "model=[conv: {maps: 4, kernel: 3, padding: same}]", "loss=per-pixel-cross-entropy").Prepare(Here);
        Assert.Equal((new Shape(3, 9, 9), new ClassMapTarget(4, 9, 9), 3, 2),
            (scenes.Train.SampleShape, scenes.Train.Target, scenes.Train.Count, scenes.Test!.Count));
    }

    [Fact]
    public void Augmentations_reach_the_setup_if_they_suit_the_data()
    {
        string[] glyphs = ["data={glyphs: {count: 20, test: {draw: 10}}}", "model=[flatten, linear: 10]"];
        var job = TestJobs.Read(TestJobs.Spiral, [.. glyphs, "augment=[{shift: 3}, flip, {crop: {padding: 2}}, noise, {flip: vertical}]"]);
        Assert.Equal([new RandomShift(3), new RandomFlip(), new RandomCrop(2), new GaussianNoise(0.1f), new RandomFlip(Vertical: true)],
            job.Prepare(Here).Augmentations);
        var plain = TestJobs.Read(TestJobs.Spiral, glyphs);
        Assert.Empty(plain.Prepare(Here).Augmentations);
        Assert.NotEqual(plain.Fingerprint, job.Fingerprint);

        Assert.Contains("the augmentation flip is for images [c, h, w]; samples have shape [2]",
            Assert.Throws<DataException>(() => TestJobs.Read(TestJobs.Spiral, "augment=[flip]").Prepare(Here)).Message, StringComparison.Ordinal);
        Assert.Single(TestJobs.Read(TestJobs.Spiral, "augment=[noise: 0.2]").Prepare(Here).Augmentations);
        Assert.Contains("unknown augmentation \"shfit\"; did you mean shift?", TestJobs.Problems(TestJobs.Spiral, "augment=[shfit]"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Images_and_arrays_are_found_at_the_jobs_folder()
    {
        using var temporary = new TemporaryFolder();
        foreach (var file in (string[])["train/a/1", "train/a/2", "train/b/1", "test/a/1", "test/b/1"])
        {
            var path = Path.Combine(temporary.Path, "pictures", file + ".png");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            ImageFile.Write(path, new Image(2, 1, 1, [(byte)file.Length, (byte)file[^1]]));
        }
        byte[] Npy(string type, string shape, byte[] data) =>
        [
            0x93, .. "NUMPY"u8, 1, 0, 118, 0,
            .. $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117).Select(letter => (byte)letter), 10, .. data,
        ];
        File.WriteAllBytes(Path.Combine(temporary.Path, "x.npy"), Npy("|u1", "(4, 2)", [1, 2, 3, 4, 5, 6, 7, 8]));
        File.WriteAllBytes(Path.Combine(temporary.Path, "y.npy"), Npy("|u1", "(4,)", [0, 1, 0, 1]));

        foreach (var (data, shape, train, test) in new[]
        {
            ("{images: {folder: pictures, test: own}}", new Shape(1, 1, 2), 3, 2),
            ("{images: {folder: pictures/train, test: {fraction: 0.4}}}", new Shape(1, 1, 2), 2, 1),
            ("{npy: {file: x.npy, labels: y.npy, test: {fraction: 0.5}}}", new Shape(2), 2, 2),
        })
        {
            var job = TestJobs.Read(TestJobs.Spiral, $"data={data}", "model=[flatten, linear: 2]");
            var setup = job.Prepare(new PrepareOptions { BaseFolder = temporary.Path });
            Assert.Equal((shape, 2, train, test), (setup.Train.SampleShape, setup.Train.Classes, setup.Train.Count, setup.Test!.Count));
            var resolved = TestJobs.Read(job.Resolved(temporary.Path).ToYaml());
            Assert.Equal(setup.DataFingerprint(), resolved.Prepare(Here).DataFingerprint());
            Assert.Equal(job.Fingerprint, resolved.Fingerprint);
        }
    }

    [Fact]
    public void Values_out_of_range_are_refused_for_jobs_built_or_changed_in_code()
    {
        var job = TestJobs.Read(TestJobs.Spiral) with { Batch = 0, Shards = 3, Seed = ulong.MaxValue };
        Assert.Equal("""
            seed: wanted a whole number from 0 to 2^63-1, came 18446744073709551615
            batch: wanted a whole number from 1 to 134217728, came 0
            shards: wanted a power of two from 1 to 4096, came 3
            """, Assert.Throws<JobException>(() => job.Prepare(Here)).Message);
        var noise = TestJobs.SpiralInCode with { Data = new SpiralData { Noise = float.NaN } };
        Assert.Equal("data.spiral.noise: wanted a number from 0 to 1000, came NaN",
            Assert.Throws<JobException>(() => noise.Prepare(Here)).Message);
        var empty = TestJobs.SpiralInCode with { Model = new Sequential() };
        Assert.Equal("model: wanted a list of 1 to 1000 layers, came a list of 0",
            Assert.Throws<JobException>(() => empty.Prepare(Here)).Message);
    }

    private const string Idx = """
        data: {idx: {folder: digits}}
        model:
          - linear: 2
        loss: softmax-cross-entropy
        optimizer: {sgd: 1}
        batch: 1
        epochs: 1
        """;

    [Fact]
    public void Relative_folders_begin_at_the_jobs_folder()
    {
        using var temporary = new TemporaryFolder();
        WriteDigits(Path.Combine(temporary.Path, "digits"), 1);
        var job = TestJobs.Read(Idx, "model=[flatten, linear: 2]");
        var setup = job.Prepare(new PrepareOptions { BaseFolder = temporary.Path });
        Assert.Equal((3, 2, new Shape(1, 2, 2)), (setup.Train.Count, setup.Test!.Count, setup.Train.SampleShape));

        var elsewhere = TestJobs.Read(job.Resolved(temporary.Path).ToYaml()).Prepare(Here);
        Assert.Equal(setup.DataFingerprint(), elsewhere.DataFingerprint());

        WriteDigits(Path.Combine(temporary.Path, "other"), 2);
        var other = job.Prepare(new PrepareOptions { BaseFolder = "/nowhere", DataFolder = Path.Combine(temporary.Path, "other") });
        Assert.NotEqual(setup.DataFingerprint(), other.DataFingerprint());
    }

    [Fact]
    public void Shapes_are_checked_with_their_lines_once_the_files_are_read()
    {
        using var temporary = new TemporaryFolder();
        WriteDigits(Path.Combine(temporary.Path, "digits"), 1);
        var error = Assert.Throws<JobException>(() => TestJobs.Read(Idx).Prepare(new PrepareOptions { BaseFolder = temporary.Path }));
        Assert.Equal("job.yaml, line 3, model[0].linear: input has shape [1, 2, 2]; put a flatten before it", error.Message);
    }

    [Fact]
    public void Missing_data_is_told_as_a_sentence()
    {
        using var temporary = new TemporaryFolder();
        var error = Assert.Throws<DataException>(() => TestJobs.Read(Idx).Prepare(new PrepareOptions { BaseFolder = temporary.Path }));
        Assert.Contains(Path.Combine(temporary.Path, "digits"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_files_are_found_beside_the_job_or_in_the_data_folder()
    {
        using var temporary = new TemporaryFolder();
        File.WriteAllText(Path.Combine(temporary.Path, "a.csv"), "x;y;kind\n1;2;cat\n3;4;dog\n5;6;cat\n");
        File.WriteAllText(Path.Combine(temporary.Path, "b.csv"), "x;y;kind\n1;1;dog\n");
        var job = TestJobs.Read(TestJobs.Spiral, "data={csv: {file: a.csv, label: kind, delimiter: semicolon, test: {file: b.csv}}}",
            "model[2].outputs=2");
        var setup = job.Prepare(new PrepareOptions { BaseFolder = temporary.Path });
        Assert.Equal((3, 1, 2), (setup.Train.Count, setup.Test!.Count, setup.Train.Classes));

        var resolved = job.Resolved(temporary.Path);
        Assert.Equal(Path.Combine(temporary.Path, "b.csv"), Assert.IsType<TestFile>(resolved.Data.Test).File);
        Assert.Equal(setup.DataFingerprint(), resolved.Prepare(Here).DataFingerprint());

        var moved = (job with { Data = ((CsvData)job.Data) with { File = "/gone/a.csv", Test = new TestFile("/gone/b.csv") } })
            .Prepare(new PrepareOptions { BaseFolder = "/", DataFolder = temporary.Path });
        Assert.Equal(setup.DataFingerprint(), moved.DataFingerprint());
    }

    [Fact]
    public void The_data_fingerprint_covers_training_and_test()
    {
        byte[] Of(TestPart? test, ulong seed = 0) =>
            (TestJobs.SpiralInCode with { Data = new SpiralData { Points = 10, Seed = seed, Test = test } }).Prepare(Here).DataFingerprint();

        byte[][] all = [Of(null), Of(new TrainingPoints()), Of(new FreshDraw(10)), Of(new FreshDraw(10, 1)), Of(null, seed: 1)];
        Assert.Equal(all.Length, all.Select(Convert.ToHexString).Distinct().Count());
        Assert.Equal(Of(new FreshDraw(10)), Of(new FreshDraw(10)));
    }

    /// <summary>Three training images of 2 × 2 and two test images in two classes.</summary>
    private static void WriteDigits(string folder, byte pixel)
    {
        Directory.CreateDirectory(folder);
        void Write(string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(folder, name), bytes);
        byte[] Pixels(int count) => [.. Enumerable.Range(0, 4 * count).Select(i => (byte)(pixel * i))];
        Write(IdxImages.TrainImages, [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, .. Pixels(3)]);
        Write(IdxImages.TrainLabels, [0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 0]);
        Write(IdxImages.TestImages, [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, .. Pixels(2)]);
        Write(IdxImages.TestLabels, [0, 0, 8, 1, 0, 0, 0, 2, 1, 0]);
    }
}
