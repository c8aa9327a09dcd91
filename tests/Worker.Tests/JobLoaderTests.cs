using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Worker.Shipping;

namespace Distributed.Worker.Tests;

public sealed class JobLoaderTests
{
    internal const string Spiral = """
        data: {spiral: {points: 5}}
        model: [{linear: 3}]
        loss: softmax-cross-entropy
        optimizer: {sgd: {rate: 0.1}}
        batch: 4
        epochs: 1
        """;

    private readonly JobLoader _loader = new(null, Path.GetTempPath());

    [Fact]
    public void Gives_the_fingerprints_that_the_coordinator_has()
    {
        var job = JobReader.Read(Spiral, "test").GetOrThrow();

        // The coordinator sends the canonical form, not the user's text.
        var loaded = _loader.Load(job.ToYaml());

        Assert.Equal(job.Fingerprint, loaded.JobFingerprint);
        Assert.Equal(job.Prepare(new PrepareOptions { BaseFolder = Path.GetTempPath() }).DataFingerprint(), loaded.DataFingerprint);
        Assert.Equal(15, loaded.Setup.Train.Count);
    }

    [Fact]
    public void A_job_that_cannot_be_read_is_the_users_to_know()
    {
        var wrong = Assert.Throws<JobLoadException>(() => _loader.Load(Spiral.Replace("linear", "linaer", StringComparison.Ordinal)));

        Assert.Contains("linaer", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_is_looked_for_where_this_machine_keeps_it()
    {
        var elsewhere = Path.Combine(Path.GetTempPath(), "no-such-folder");
        var job = Spiral.Replace("{spiral: {points: 5}}", "{idx: {folder: /data}}", StringComparison.Ordinal);

        var wrong = Assert.Throws<JobLoadException>(() => new JobLoader(elsewhere, "/").Load(job));

        Assert.Contains(elsewhere, wrong.Message, StringComparison.Ordinal);
    }

    /// <summary>What is there and wrong is told, and so is what is missing where nothing is offered, or nothing can be kept.</summary>
    [Fact]
    public void Missing_data_is_taken_from_who_offers_it_and_wrong_data_is_not()
    {
        var folder = Directory.CreateTempSubdirectory("job-loader-");
        try
        {
            var job = Spiral.Replace("{spiral: {points: 5}}", "{idx: {folder: /data, scale: none}}", StringComparison.Ordinal).Replace("[{linear: 3}]", "[flatten, {linear: 2}]", StringComparison.Ordinal);
            var images = new ByteImageDataSet([1, 2, 3, 4, 5, 6, 7, 8], [0, 1], new Shape(1, 2, 2), 2);
            var offered = new OfferedData(SampleRecords.Describe(images)!, SampleRecords.Describe(images));
            var loader = new JobLoader(folder.FullName, "/", cache: new MemorySamples());

            var loaded = loader.Load(job, offered);
            Assert.Equal(loaded.Setup.DataFingerprint(), loaded.DataFingerprint);
            Assert.Equal(images.Fingerprint, loaded.Setup.Train.Fingerprint);
            Assert.NotNull(loaded.Shipped);
            Assert.Contains(folder.FullName, loaded.Missing, StringComparison.Ordinal);

            Assert.Throws<JobLoadException>(() => loader.Load(job, null));
            Assert.Throws<JobLoadException>(() => new JobLoader(folder.FullName, "/").Load(job, offered));
            foreach (var name in new[] { IdxImages.TrainImages, IdxImages.TrainLabels }) File.WriteAllText(Path.Combine(folder.FullName, name), "no IDX file");
            Assert.Contains("an IDX file begins with", Assert.Throws<JobLoadException>(() => loader.Load(job, offered)).Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
