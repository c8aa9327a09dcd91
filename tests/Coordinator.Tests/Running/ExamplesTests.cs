using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Data;
using Distributed.Engine.Training;
using Distributed.Jobs;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>Every job in examples/, shortened, gives one fingerprint: by the plain loop, with 1 worker and with 3.</summary>
public class ExamplesTests
{
    private const int Samples = 60, Batch = 24;

    public static TheoryData<string> All => [.. Directory.GetFiles(Folder(), "*.yaml").Select(path => Path.GetFileName(path)!).Order()];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Has_one_fingerprint(string file)
    {
        var setup = Shortened(file);
        var plain = LocalTrainer.Run(setup);
        Assert.NotEqual(Fingerprint.Of(setup.Model.Parameters.InitialWeights(setup.Seed)), plain.Fingerprint);
        foreach (var workers in new[] { 1, 3 })
        {
            var run = await TestRun.InProcess(TestRun.Options(setup, workers) with { ChunkElements = 1000 }, workers);
            Assert.Equal(RunEnd.Done, run.End);
            Assert.Equal(plain.Fingerprint, run.Fingerprint);
            Assert.Equal(plain.Epochs, run.Epochs);
        }
    }

    [Fact]
    public void There_are_examples() => Assert.True(All.Count >= 10, $"{All.Count} jobs in {Folder()}");

    /// <summary>The job on a few samples; where it wants files, on drawn digits in their place, which have the shape and classes of MNIST.</summary>
    private static TrainingSetup Shortened(string file)
    {
        var job = JobFile.Read(Path.Combine(Folder(), file)).GetOrThrow();
        if (job.Data is IdxData idx) job = job with { Data = new GlyphsData { Count = Samples, Test = new FreshDraw(20), Scale = idx.Scale } };
        var isWhole = job.Optimizer.NeedsWholeStep;
        var setup = (job with { Epochs = 2, EarlyStopping = null }).Prepare(new PrepareOptions { BaseFolder = Folder() });
        return setup with
        {
            Train = First(setup.Train, Samples),
            Test = setup.Test is null ? null : First(setup.Test, 20),
            Batch = isWhole ? Samples : Batch,
        };
    }

    private static DataSet First(DataSet data, int count) =>
        data is StoredDataSet stored && stored.Count > count ? stored.Select([.. Enumerable.Range(0, count)]) : data;

    private static string Folder()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (Directory.Exists(Path.Combine(folder, "examples"))) return Path.Combine(folder, "examples");
        throw new DirectoryNotFoundException($"no folder examples above {AppContext.BaseDirectory}");
    }
}
