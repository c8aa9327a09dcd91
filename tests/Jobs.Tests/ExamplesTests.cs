using Distributed.Engine.Training;

namespace Distributed.Jobs.Tests;

public class ExamplesTests
{
    public static TheoryData<string> All => [.. Directory.GetFiles(TestFiles.Examples, "*.yaml").Select(path => Path.GetFileName(path)!)];

    [Fact]
    public void The_examples_are_there() => Assert.Superset(
        new HashSet<string> { "spiral.yaml", "spiral-linear.yaml", "xor.yaml", "mnist-linear.yaml", "mnist-mlp.yaml", "mnist-svm.yaml",
            "mnist-cnn.yaml", "mnist-lcn.yaml", "mnist-residual.yaml", "mnist-local.yaml", "mnist-autoencoder.yaml", "glyphs-cnn.yaml",
            "scenes.yaml", "sine.yaml" },
        Directory.GetFiles(TestFiles.Examples).Select(path => Path.GetFileName(path)!).ToHashSet());

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void An_example_reads_and_prepares(string file)
    {
        var job = JobReader.Read(File.ReadAllText(Path.Combine(TestFiles.Examples, file)), file).GetOrThrow();
        Assert.Equal(Path.GetFileNameWithoutExtension(file), job.Name);
        Assert.Equal(job, TestJobs.Read(job.ToYaml()));
        string? dataFolder = null;
        if (job.Data is IdxData)
        {
            dataFolder = TestFiles.Mnist;
            Skip.If(dataFolder is null, "MNIST is not here: set DISTRIBUTED_DATA to a folder that has mnist/");
        }
        var setup = job.Prepare(new PrepareOptions { BaseFolder = TestFiles.Examples, DataFolder = dataFolder });
        Assert.NotNull(setup.Test);
        if (job.Data is IdxData) Assert.Equal((60_000, 10_000, 10), (setup.Train.Count, setup.Test.Count, job.Target == TargetSource.Data ? setup.Train.Classes : 10));
    }

    [Theory]
    [InlineData("spiral.yaml", 0.98, 1)]
    [InlineData("spiral-linear.yaml", 0.45, 0.6)]
    [InlineData("xor.yaml", 1, 1)]
    public void A_small_example_learns_what_it_says(string file, double atLeast, double atMost)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var job = JobFile.Read(Path.Combine(TestFiles.Examples, file), [$"seed={seed}"]).GetOrThrow();
            var result = LocalTrainer.Run(job.Prepare(new PrepareOptions { BaseFolder = TestFiles.Examples }));
            Assert.InRange(result.TestAccuracyHistory[^1], atLeast, atMost);
        }
    }
}
