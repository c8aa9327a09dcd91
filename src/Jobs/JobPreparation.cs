using System.Collections.Immutable;
using System.Security.Cryptography;
using Distributed.Engine.Data;
using Distributed.Engine.Data.Augmentations;
using Distributed.Engine.Training;

namespace Distributed.Jobs;

/// <summary>Where a job finds its data.</summary>
public sealed record PrepareOptions
{
    /// <summary>The job file's folder: relative paths of the job begin here.</summary>
    public required string BaseFolder { get; init; }

    /// <summary>Where this machine keeps the data, in place of the folder the job names (of a file: its folder); null: as the job
    /// says.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Where downloaded sets are, for data that names no folder; null: <see cref="DataCache"/>.</summary>
    public string? CacheFolder { get; init; }
}

/// <summary>From a job to what the engine trains.</summary>
public static class JobPreparation
{
    /// <summary>Checks the job's values, loads or generates its data, and builds its model.</summary>
    /// <exception cref="JobException">Values are out of range, or shapes do not fit; all problems, each with its place.</exception>
    /// <exception cref="DataException">The data is missing or wrong.</exception>
    public static TrainingSetup Prepare(this Job job, PrepareOptions options) => job.Build(job.LoadData(options));

    /// <summary>As the other, with data that is loaded already.</summary>
    /// <param name="data">What <see cref="LoadData"/> has loaded for this job, here or elsewhere.</param>
    /// <exception cref="JobException">Values are out of range, or shapes do not fit; all problems, each with its place.</exception>
    public static TrainingSetup Prepare(this Job job, DataPair data)
    {
        job.CheckValues();
        return job.Build(data);
    }

    /// <summary>Checks the job's values, and loads or generates its data alone.</summary>
    /// <exception cref="JobException">Values are out of range; all problems, each with its place.</exception>
    /// <exception cref="DataException">The data is missing or wrong.</exception>
    public static DataPair LoadData(this Job job, PrepareOptions options)
    {
        job.CheckValues();
        return job.Data.Load(new DataPlaces(Path.GetFullPath(options.BaseFolder), options.DataFolder, options.CacheFolder));
    }

    /// <summary>SHA-256 over the training part's fingerprint and, where there is a test part, its fingerprint.</summary>
    public static byte[] DataFingerprint(this TrainingSetup setup) =>
        SHA256.HashData([.. setup.Train.Fingerprint, .. setup.Test?.Fingerprint ?? []]);

    /// <summary>A job may have been built or changed in C#: its values meet the same checks as a text's.</summary>
    private static void CheckValues(this Job job)
    {
        var values = JobReader.Read(job.ToYaml(), "").Problems;
        if (!values.IsEmpty) throw new JobException([.. values.Select(problem => problem with { Line = 0, Column = 0 })]);
    }

    private static TrainingSetup Build(this Job job, DataPair data)
    {
        if (job.Target == TargetSource.Features)
            data = new DataPair(new ReconstructionDataSet(data.Train), data.Test is null ? null : new ReconstructionDataSet(data.Test));
        ImmutableArray<JobProblem> problems =
            [.. JobShapes.Check(job, data.Train.SampleShape, data.Train.Target), .. JobSteps.Check(job, data.Train.Count)];
        if (!problems.IsEmpty) throw new JobException(problems);
        Augmenter.Check(job.Augment, data.Train.SampleShape, data.Train.Target);
        var model = new Model(job.Model, data.Train.SampleShape, data.Train.Target, job.Loss);
        return new TrainingSetup(model, data.Train, data.Test, job.Optimizer, job.Regularizer, job.Batch, job.Shards, job.Epochs,
            job.Seed)
        {
            RateSchedule = job.Schedule,
            RateChanges = job.RateChanges,
            ClipNorm = job.ClipNorm,
            OnNonFinite = job.OnNan,
            EarlyStopping = job.EarlyStopping,
            Augmentations = job.Augment,
        };
    }
}
