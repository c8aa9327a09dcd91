using Distributed.Coordinator.Cli;
using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Coordinator.Cli.Commands;
using Distributed.Coordinator.Running;
using Distributed.Engine.Images;
using Distributed.Jobs;
using Distributed.Worker.Cli;
using Checkpoint = Distributed.Engine.Checkpoints.Checkpoint;

namespace Distributed.Coordinator.Tests.Cli;

/// <summary>The commands that show what a job is and what a run has learned.</summary>
public sealed class LookingInsideTests : IDisposable
{
    private const string Job = """
        name: small
        data: {glyphs: {count: 40, test: {draw: 10}}}
        model:
          - conv: {maps: 4, kernel: 5}
          - relu
          - max-pool: 2
          - flatten
          - linear: 10
        loss: softmax-cross-entropy
        optimizer: {sgd: 0.1}
        batch: 20
        epochs: 2
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("inside-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Describe_shows_every_layer_and_what_the_run_is()
    {
        var lines = string.Join('\n', DescribeCommand.Lines(Write("job.yaml", Job), [], null));
        Assert.Equal("""
            layer      output       receptive field  parameters
            input      [1, 28, 28]  1 x 1
            conv1      [4, 28, 28]  5 x 5                   104
            relu1      [4, 28, 28]  5 x 5                     0
            max-pool1  [4, 14, 14]  6 x 6                     0
            flatten1   [784]        6 x 6                     0
            linear1    [10]         all                   7,850

            parameters  7,954 trained (31.8 kB)

            data        40 samples of [1, 28, 28], 10 classes; 10 to test on
            batch       20 samples in 8 virtual shards; 2 steps an epoch, 4 in all
            """, lines);
    }

    [Fact]
    public void One_of_a_thing_is_told_as_one()
    {
        var lines = DescribeCommand.Lines(Write("job.yaml", Job), ["batch=40", "shards=1"], null).ToArray();
        Assert.EndsWith("40 samples in 1 virtual shard; 1 step an epoch, 2 in all", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_takes_a_shape_in_place_of_the_data()
    {
        var lines = DescribeCommand.Lines(Write("job.yaml", Job), [], "3,8,8").ToArray();
        Assert.Contains(lines, line => line.StartsWith("conv1      [4, 8, 8]", StringComparison.Ordinal));
        Assert.Contains("1,28,28", Assert.Throws<UserException>(() => DescribeCommand.Lines(Write("job.yaml", Job), [], "3,x").ToArray()).Message);
        Assert.Throws<UserException>(() => DescribeCommand.Lines(Write("job.yaml", Job), [], "5").ToArray());
    }

    [Fact]
    public void Visualize_writes_pictures_of_filters_saliency_and_maps()
    {
        var checkpoint = Checkpoint();
        var lines = VisualizeCommand.Draw(checkpoint, [], new VisualizeCommand.Request(_folder, 3, null, null, null));
        Assert.Equal(["filters.png", "input.png", "saliency.png", "maps-conv1.png", "maps-relu1.png", "maps-max-pool1.png"],
            lines.Select(line => Path.GetFileName(line.Split("  ")[0])));
        foreach (var line in lines) Assert.InRange(ImageFile.Read(line.Split("  ")[0]).Width, 28, 2000);

        Assert.Equal(4, VisualizeCommand.Draw(checkpoint, [], new VisualizeCommand.Request(_folder, 3, null, 2, "conv1")).Count);
        Assert.Contains("samples 0 to 9", Refused(new VisualizeCommand.Request(_folder, 10, null, null, null)));
        Assert.Contains("scores 0 to 9", Refused(new VisualizeCommand.Request(_folder, 0, null, 10, null)));
        Assert.Contains("gives no maps; those that do are conv1, relu1, max-pool1",
            Refused(new VisualizeCommand.Request(_folder, 0, null, null, "linear1")));
        Assert.Contains("there are conv1, relu1", Refused(new VisualizeCommand.Request(_folder, 0, null, null, "conv9")));
        var wrong = Path.Combine(_folder, "wrong.png");
        ImageFile.Write(wrong, new Image(5, 6, 1));
        Assert.Contains("5 x 6", Assert.Throws<Engine.Data.DataException>(() => VisualizeCommand.Draw(checkpoint, [], new VisualizeCommand.Request(_folder, 0, wrong, null, null))).Message);

        string Refused(VisualizeCommand.Request request) =>
            Assert.Throws<UserException>(() => VisualizeCommand.Draw(checkpoint, [], request)).Message;
    }

    [Fact]
    public void Diagnose_reads_what_a_run_reports()
    {
        var report = new RunReport("abc", 12, 6, 180, 2, 90, 0.25, null, null, 2, 8, 99, 0, 0, 0,
            [2.3, 2.28, 2.26, 2.24, 2.22, 2.2], [], [], [], [], null, "done", "done");
        Assert.Contains("straight line", Assert.Single(DiagnoseCommand.Lines(report)));
        Assert.Contains("not a finite number", Assert.Single(DiagnoseCommand.Lines(report with { LossHistory = [2.3, null] })));
        var failed = DiagnoseCommand.Lines(report with { Result = "failed", Reason = "the loss of step 3 is NaN" }).ToArray();
        Assert.Contains("the loss of step 3 is NaN", failed[0]);
    }

    private Checkpoint Checkpoint()
    {
        var job = JobReader.Read(Job, "job.yaml").GetOrThrow();
        var setup = job.Prepare(new PrepareOptions { BaseFolder = _folder });
        var weights = setup.Model.Parameters.InitialWeights(1);
        var snapshot = new RunSnapshot(0, weights, setup.Optimizer.NewState(weights.Length), default, [], 0, 0);
        return FileCheckpointStore.ToCheckpoint(snapshot, job.ToYaml(), new Worker.LoadedJob(setup, job.Fingerprint, setup.DataFingerprint()));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
