using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;

namespace Distributed.Jobs.Tests;

public class JobReaderTests
{
    [Fact]
    public void A_job_of_text_equals_the_same_job_built_in_code()
    {
        Assert.Equal(TestJobs.SpiralInCode, TestJobs.Read(TestJobs.Spiral));
        Assert.NotEqual(TestJobs.SpiralInCode with { Epochs = 3 }, TestJobs.Read(TestJobs.Spiral));
    }

    [Fact]
    public void Every_key_reaches_the_job()
    {
        var job = TestJobs.Read("""
            name: all
            seed: 9223372036854775807
            data:
              spiral:
                arms: 4
                points: 7
                noise: 0.5
                seed: 3
                scale: standardize
                test: {draw: {size: 5, seed: 6}}
            model:
              - linear: {outputs: 6, init: {gaussian: 0.01}}
              - leaky-relu: 0.2
              - linear: {outputs: 5, init: glorot-uniform}
              - sigmoid
              - linear: 4
              - tanh
            loss: {multiclass-hinge: {margin: 2}}
            optimizer: {sgd: {rate: 0.1, momentum: 0.9, weight_decay: 1e-4}}
            regularizer: {l2: {strength: 0.25, form: half, on: all}}
            batch: 16
            shards: 4
            epochs: 7
            checkpoint: 50
            """);

        Assert.Equal(("all", (ulong)long.MaxValue, 16, 4, 7), (job.Name, job.Seed, job.Batch, job.Shards, job.Epochs));
        Assert.Equal(new SpiralData
        {
            Arms = 4,
            Points = 7,
            Noise = 0.5f,
            Seed = 3,
            Scale = Engine.Data.Scaling.Standardize,
            Test = new FreshDraw(5, 6),
        }, job.Data);
        Assert.Equal(
            [
                new Linear(6, new Gaussian(0.01f)), new LeakyReLU(0.2f), new Linear(5, new GlorotUniform()), new Sigmoid(), new Linear(4),
                new Tanh(),
            ], job.Model.Layers);
        Assert.Equal(2, Assert.IsType<MulticlassHingeLoss>(job.Loss).Margin);
        Assert.Equal(new Sgd(0.1f, 0.9f, 1e-4f), job.Optimizer);
        Assert.Equal(new L2(0.25f, Halved: true, BiasesToo: true), job.Regularizer);
        Assert.Equal(new Checkpoint(50), job.Checkpoint);
    }

    [Fact]
    public void All_problems_come_at_once_in_the_order_of_the_lines()
    {
        Assert.Equal("""
            job.yaml, line 1, data.spiral.points: wanted a whole number from 1 to 134217728, came 0
            job.yaml, line 3, model[0]: unknown layer "lineer"; did you mean linear? Known: [layers]
            job.yaml, line 4, model[1].linear.outputs: wanted a whole number from 1 to 1048576, came many
            job.yaml, line 5, loss: unknown loss "softmax"; did you mean softmax-cross-entropy? Known: [losses]
            job.yaml, line 6, optimizer.sgd: sgd needs the key rate: a number from 0 on
            job.yaml, line 6, optimizer.sgd.momentum: wanted a number from 0 to below 1, came 1
            job.yaml, line 7, batch: wanted a whole number from 1 to 134217728, came "30"
            job.yaml, line 8, shards: wanted a power of two from 1 to 4096, came 6
            job.yaml, line 9, epoch: unknown key of job "epoch"; did you mean epochs? Known: [keys]
            job.yaml, line 10, batch: key batch is given twice; the first is on line 7
            """, TestJobs.Problems("""
            data: {spiral: {points: 0}}
            model:
              - lineer: 5
              - linear: many
            loss: softmax
            optimizer: {sgd: {momentum: 1}}
            batch: "30"
            shards: 6
            epoch: 2
            batch: 31
            """).Replace("job.yaml, line 1: job needs the key epochs: a whole number from 1 to 1000000\n", ""));
    }

    [Theory]
    // Keys of the job.
    [InlineData("epochs: 2", "epochs: 0", "line 10, epochs: wanted a whole number from 1 to 1000000, came 0")]
    [InlineData("epochs: 2", "epochs: 1.0", "line 10, epochs: wanted a whole number from 1 to 1000000, came 1.0")]
    [InlineData("epochs: 2", "epochs: [2]", "line 10, epochs: wanted a whole number from 1 to 1000000, came a list of 1")]
    [InlineData("epochs: 2", "epochs: {a: 2}", "line 10, epochs: wanted a whole number from 1 to 1000000, came keys (a)")]
    [InlineData("epochs: 2", "epochs:", "line 10, epochs: wanted a whole number from 1 to 1000000, came nothing")]
    [InlineData("epochs: 2", "epochs: 99999999999999999999", "line 10, epochs: wanted a whole number from 1 to 1000000, came 99999999999999999999")]
    [InlineData("epochs: 2", "", "line 1: job needs the key epochs: a whole number from 1 to 1000000")]
    [InlineData("epochs: 2", "epochs: 2\nseed: -1", "line 11, seed: wanted a whole number from 0 to 2^63-1, came -1")]
    [InlineData("epochs: 2", "epochs: 2\nseed: 9223372036854775808", "line 11, seed: wanted a whole number from 0 to 2^63-1, came 9223372036854775808")]
    [InlineData("epochs: 2", "epochs: 2\nrate_changes: {}", "line 11, rate_changes: wanted steps with a rate each, 1 to 1000 in order, as in {1200: 0.01, 2400: 0.001}; or none, came an empty mapping")]
    [InlineData("epochs: 2", "epochs: 2\nrate_changes: 5", "line 11, rate_changes: wanted steps with a rate each, 1 to 1000 in order, as in {1200: 0.01, 2400: 0.001}; or none, came 5")]
    [InlineData("epochs: 2", "epochs: 2\nrate_changes: {a: 1}", "line 11, rate_changes: wanted steps with a rate each, 1 to 1000 in order, as in {1200: 0.01, 2400: 0.001}; or none, came a")]
    [InlineData("epochs: 2", "epochs: 2\nrate_changes: {-1: 1}", "line 11, rate_changes: wanted steps with a rate each, 1 to 1000 in order, as in {1200: 0.01, 2400: 0.001}; or none, came -1")]
    [InlineData("epochs: 2", "epochs: 2\nrate_changes: {7: 1, 7: 2}", "line 11, rate_changes: wanted steps with a rate each, 1 to 1000 in order, as in {1200: 0.01, 2400: 0.001}; or none, came 7")]
    [InlineData("epochs: 2", "epochs: 2\nrate_changes: {7: 1, 3: 2}", "line 11, rate_changes: wanted steps with a rate each, 1 to 1000 in order, as in {1200: 0.01, 2400: 0.001}; or none, came 3")]
    [InlineData("epochs: 2", "epochs: 2\nrate_changes: {7: -1}", "line 11, rate_changes.7: wanted a number from 0 on, came -1")]
    [InlineData("epochs: 2", "epochs: 2\nshards: 8192", "line 11, shards: wanted a power of two from 1 to 4096, came 8192")]
    [InlineData("epochs: 2", "epochs: 2\ncheckpoint: {each: 3}",
        "line 11, checkpoint: checkpoint needs the key every: a whole number from 1 to 2147483647",
        "line 11, checkpoint.each: unknown key of checkpoint \"each\"; Known: every")]
    [InlineData("epochs: 2", "epochs: 2\nregularizer: l3",
        "line 11, regularizer: unknown regularizer \"l3\"; did you mean l1 or l2? Known: [regularizers]")]
    [InlineData("epochs: 2", "epochs: 2\n<<: 1",
        "line 11, <<: unknown key of job \"<<\"; Known: [keys]")]
    [InlineData("name: small", "name: a b",
        "line 1, name: wanted a name of 1 to 64 letters, digits, '-', '_' or '.' that begins with a letter or digit, came a b")]
    // Data.
    [InlineData("{spiral: {points: 10}}", "spirals",
        "line 2, data: unknown data \"spirals\"; did you mean spiral? Known: [kinds of data]")]
    [InlineData("{spiral: {points: 10}}", "[spiral]", "line 2, data: wanted data ([kinds of data]), came a list of 1")]
    [InlineData("{spiral: {points: 10}}", "{kind: spiral, points: 10}",
        "line 2, data: wanted one name with its keys inside, as in blobs: {key: value}, came keys (kind, points); known: [kinds of data]")]
    [InlineData("{spiral: {points: 10}}", "{spiral: , points: 10}",
        "line 2, data: points stands beside spiral, not inside it; indent it further, or write spiral: {key: value}")]
    [InlineData("{spiral: {points: 10}}", "{spiral: 10}",
        "line 2, data.spiral: wanted keys (arms, points, noise, seed, scale, test), came 10")]
    [InlineData("{spiral: {points: 10}}", "{spiral: {noise: NaN}}", "line 2, data.spiral.noise: wanted a number from 0 to 1000, came NaN")]
    [InlineData("{spiral: {points: 10}}", "{spiral: {noise: 1e99}}", "line 2, data.spiral.noise: wanted a number from 0 to 1000, came 1e99")]
    [InlineData("{spiral: {points: 10}}", "{spiral: {scale: standardise}}",
        "line 2, data.spiral.scale: unknown scaling \"standardise\"; did you mean standardize? Known: none, unit, standardize, standardize-per-feature")]
    [InlineData("{spiral: {points: 10}}", "{spiral: {test: own}}",
        "line 2, data.spiral.test: unknown test part \"own\"; Known: draw, fraction, none, training")]
    [InlineData("{spiral: {points: 10}}", "{spiral: {test: {fraction: 1}}}",
        "line 2, data.spiral.test.fraction.share: wanted a number above 0 to below 1, came 1")]
    [InlineData("{spiral: {points: 10}}", "csv", "line 2, data.csv: csv needs the key file: a path of 1 to 4096 characters")]
    [InlineData("{spiral: {points: 10}}", "{idx: \"a\\0b\"}", "line 2, data.idx.folder: wanted a path of 1 to 4096 characters, came \"a\0b\"")]
    [InlineData("{spiral: {points: 10}}", "{csv: {file: a, header: yes}}", "line 2, data.csv.header: wanted true or false, came yes")]
    [InlineData("{spiral: {points: 10}}", "{csv: {file: a, delimiter: ';'}}",
        "line 2, data.csv.delimiter: unknown delimiter \";\"; Known: comma, semicolon, tab, space, bar")]
    // Model, loss, optimizer.
    [InlineData("- linear: 5", "- linear: 0", "line 4, model[0].linear.outputs: wanted a whole number from 1 to 1048576, came 0")]
    [InlineData("- linear: 5", "- linear: [5]", "line 4, model[0].linear: wanted keys (outputs, init), came a list of 1")]
    [InlineData("- linear: 5", "- linear: {ouputs: 5}",
        "line 4, model[0].linear: linear needs the key outputs: a whole number from 1 to 1048576",
        "line 4, model[0].linear.ouputs: unknown key of linear \"ouputs\"; did you mean outputs? Known: outputs, init")]
    [InlineData("- linear: 5", "- linear: {outputs: 5, init: {gaussian: -1}}",
        "line 4, model[0].linear.init.gaussian.sigma: wanted a number from 0 on, came -1")]
    [InlineData("- linear: 5", "- linear: {outputs: 5, init: he}",
        "line 4, model[0].linear.init: unknown initializer \"he\"; Known: auto, constant, gaussian, glorot-normal, glorot-uniform, he-normal, "
            + "he-uniform, orthogonal, uniform")]
    [InlineData("- relu", "- relu: 3", "line 5, model[1].relu: relu has no keys and no value, came 3")]
    [InlineData("- relu", "- relu: {slope: 3}", "line 5, model[1].relu.slope: relu has no keys")]
    [InlineData("- relu", "-", "line 5, model[1]: wanted a layer ([layers]), came nothing")]
    [InlineData("- relu", "- leaky-relu: .inf", "line 5, model[1].leaky-relu.slope: wanted a number, came .inf")]
    [InlineData("- relu", "- ReLU", "line 5, model[1]: unknown layer \"ReLU\"; did you mean relu? Known: [layers]")]
    [InlineData("- relu", "- residual: {shortcut: none}",
        "line 5, model[1].residual: residual needs the key body: a list of 1 to 1000 layers")]
    [InlineData("- relu", "- residual: [relu, {linear: 0}, {residual: {body: [relu], shortcut: [rleu]}}]",
        "line 5, model[1].residual.body[1].linear.outputs: wanted a whole number from 1 to 1048576, came 0",
        "line 5, model[1].residual.body[2].residual.shortcut[0]: unknown layer \"rleu\"; did you mean relu? Known: [layers]")]
    [InlineData("- relu", "- residual:\n      body:\n        - relu\n        - dropout: 1",
        "line 8, model[1].residual.body[1].dropout.rate: wanted a number from 0 to below 1, came 1")]
    [InlineData("- relu", "- residual:\n      - linear: 7\n      - relu",
        "line 5, model[1].residual: Residual \"layer1\": the body gives [B, 7], its input is [B, 5]: equal shapes are wanted, "
        + "so a shortcut that changes the shape as the body does")]
    [InlineData("- relu", "- residual:\n      body:\n        - relu\n        - residual: {body: [linear: 3]}",
        "line 8, model[1].residual.body[1].residual: Residual \"layer1\": the body gives [B, 3], its input is [B, 5]: equal shapes are "
        + "wanted, so a shortcut that changes the shape as the body does")]
    [InlineData("- relu", "- residual:\n      body:\n        - relu\n        - softmax\n      shortcut: [batch-norm, linear: 4, layer-norm]",
        "line 5, model[1].residual: Residual \"layer1\": the body gives [B, 5], the shortcut gives [B, 4]: equal shapes are wanted")]
    [InlineData("- relu", "- step",
        "line 5, model[1].step: the layers before it cannot be trained: step has slope 0 wherever it has one; use it in forward passes only, "
        + "and train with sigmoid or relu")]
    [InlineData("softmax-cross-entropy", "{multiclass-hinge: 0}",
        "line 7, loss.multiclass-hinge.margin: wanted a number above 0, came 0")]
    [InlineData("softmax-cross-entropy", "{softmax-cross-entropy: {class_weights: [1, -1, many]}}",
        "line 7, loss.softmax-cross-entropy.class_weights[1]: wanted a number from 0 on, came -1",
        "line 7, loss.softmax-cross-entropy.class_weights[2]: wanted a number from 0 on, came many")]
    [InlineData("softmax-cross-entropy", "{softmax-cross-entropy: {class_weights: [1]}}",
        "line 7, loss.softmax-cross-entropy.class_weights: wanted a list of 2 to 1048576 numbers, each a number from 0 on, came a list of 1")]
    [InlineData("softmax-cross-entropy", "{softmax-cross-entropy: {class_weights: [1, 1]}}",
        "line 7, loss: softmax-cross-entropy: 2 class weights for scores [B, 3]: one for each of the 3 classes is wanted")]
    [InlineData("softmax-cross-entropy", "per-pixel-cross-entropy",
        "line 7, loss: the loss per-pixel-cross-entropy is not for data with 3 classes")]
    [InlineData("{sgd: {rate: 0.5}}", "{sgd: fast}", "line 8, optimizer.sgd.rate: wanted a number from 0 on, came fast")]
    [InlineData("{sgd: {rate: 0.5}}", "bfgs", "line 8, optimizer: unknown optimizer \"bfgs\"; Known: [optimizers]")]
    public void A_wrong_value_is_told_with_its_line(string right, string wrong, params string[] problems)
    {
        Assert.Contains(right, TestJobs.Spiral, StringComparison.Ordinal);
        Assert.Equal(string.Join('\n', problems.Select(p => $"job.yaml, {p}")),
            TestJobs.Problems(TestJobs.Spiral.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("model: []", "model: wanted a list of 1 to 1000 layers, came a list of 0")]
    [InlineData("model: linear", "model: wanted a list of 1 to 1000 layers, came linear")]
    public void The_model_is_a_list(string model, string problem)
    {
        var text = TestJobs.Spiral.Replace("""
            model:
              - linear: 5
              - relu
              - linear: 3
            """, model, StringComparison.Ordinal);
        Assert.Equal($"job.yaml, line 3, {problem}", TestJobs.Problems(text));
    }

    [Fact]
    public void An_empty_file_is_told_what_a_job_needs()
    {
        var problems = TestJobs.Problems("# nothing\n");
        Assert.Equal("job.yaml, line 1: job needs the key data: data ([kinds of data])", problems.Split('\n')[0]);
        Assert.Equal(6, problems.Split('\n').Length);
        Assert.Equal("job.yaml, line 1: a job is keys with values, as in `epochs: 10`; came hello", TestJobs.Problems("hello"));
    }

    [Fact]
    public void More_problems_than_fit_end_with_a_line_that_says_so()
    {
        var text = string.Concat(Enumerable.Range(0, 300).Select(i => $"key{i}: 1\n"));
        var problems = JobReader.Read(text, "job.yaml").Problems;
        Assert.Equal(JobLimits.MaxProblems + 1, problems.Length);
        Assert.Equal("job.yaml: more than 100 problems; the rest is left out", problems[^1].ToString());
    }

    [Fact]
    public void GetOrThrow_carries_every_problem()
    {
        var result = JobReader.Read("name: x\nbatch: 0", "job.yaml");
        var exception = Assert.Throws<JobException>(() => result.GetOrThrow());
        Assert.Equal(result.Problems, exception.Problems);
        Assert.Equal(string.Join('\n', result.Problems), exception.Message);
    }
}
