using Distributed.Actors.Sharing;
using Distributed.Engine.Data;
using Distributed.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Worker.Tests;

public sealed class LentDataTests
{
    private static readonly PrepareOptions Here = new() { BaseFolder = Path.GetTempPath() };

    [Fact]
    public void A_worker_computes_with_the_data_that_is_lent_and_reads_none()
    {
        if (!LentFile.IsPossible) return;
        var job = JobReader.Read(JobLoaderTests.Spiral, "test").GetOrThrow();
        using var file = LentFile.Create("test");
        var lent = LentData.Lend(file, job.LoadData(Here), job.Fingerprint, NullLogger.Instance);
        DataPair? borrowed = null;
        var loader = new JobLoader(null, "/", key => borrowed = LentData.Borrow(file.Place, key, NullLogger.Instance));

        var loaded = loader.Load(job.ToYaml());

        Assert.Same(borrowed!.Train, loaded.Setup.Train);
        Assert.Equal(job.Prepare(Here).DataFingerprint(), loaded.DataFingerprint);
        Assert.Equal(lent.Train.Fingerprint, loaded.Setup.Train.Fingerprint);
    }

    [Fact]
    public void Data_of_another_job_or_not_sealed_or_of_nowhere_is_not_borrowed_and_the_worker_loads_its_own()
    {
        if (!LentFile.IsPossible) return;
        var job = JobReader.Read(JobLoaderTests.Spiral, "test").GetOrThrow();
        using var empty = LentFile.Create("test");
        Assert.Null(LentData.Borrow(empty.Place, job.Fingerprint, NullLogger.Instance));
        LentData.Lend(empty, job.LoadData(Here), job.Fingerprint, NullLogger.Instance);
        Assert.NotNull(LentData.Borrow(empty.Place, job.Fingerprint, NullLogger.Instance));
        Assert.Null(LentData.Borrow(empty.Place, new byte[32], NullLogger.Instance));
        Assert.Null(LentData.Borrow("1:2", job.Fingerprint, NullLogger.Instance));

        var loaded = new JobLoader(null, "/", _ => null).Load(job.ToYaml());

        Assert.Equal(job.Prepare(Here).DataFingerprint(), loaded.DataFingerprint);
    }

    [Fact]
    public void Data_that_cannot_be_lent_is_used_as_it_is()
    {
        if (!LentFile.IsPossible) return;
        var data = JobReader.Read(JobLoaderTests.Spiral, "test").GetOrThrow().LoadData(Here);
        using var file = LentFile.Create("test");
        file.Seal(); // nothing can be written

        Assert.Same(data, LentData.Lend(file, data, new byte[32], NullLogger.Instance));
        var mirrored = new DataPair(new ReconstructionDataSet(data.Train), null);
        Assert.Same(mirrored, LentData.Lend(file, mirrored, new byte[32], NullLogger.Instance));
    }
}
