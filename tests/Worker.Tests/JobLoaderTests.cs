using Distributed.Jobs;

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
}
