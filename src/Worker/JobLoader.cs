using Distributed.Engine.Data;
using Distributed.Jobs;

namespace Distributed.Worker;

/// <summary>Reads the job that came over the wire, and the data from this machine's disk.</summary>
/// <param name="dataFolder">Where this machine keeps the data; null: where the job says.</param>
/// <param name="baseFolder">Where relative paths begin.</param>
/// <param name="borrow">Data that somebody on this machine has read for a job of this fingerprint; null, or what it gives is null: there is none.</param>
public sealed class JobLoader(string? dataFolder, string baseFolder, Func<byte[], DataPair?>? borrow = null) : IJobLoader
{
    public LoadedJob Load(string yaml)
    {
        try
        {
            var job = JobReader.Read(yaml, "the coordinator's job").GetOrThrow();
            var setup = borrow?.Invoke(job.Fingerprint) is { } data
                ? job.Prepare(data)
                : job.Prepare(new PrepareOptions { BaseFolder = baseFolder, DataFolder = dataFolder });
            return new LoadedJob(setup, job.Fingerprint, setup.DataFingerprint());
        }
        catch (Exception wrong) when (wrong is JobException or DataException)
        {
            throw new JobLoadException(wrong.Message, wrong);
        }
    }
}
