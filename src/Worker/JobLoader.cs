using Distributed.Engine.Data;
using Distributed.Jobs;

namespace Distributed.Worker;

/// <summary>Reads the job that came over the wire, and the data from this machine's disk.</summary>
/// <param name="dataFolder">Where this machine keeps the data; null: where the job says.</param>
/// <param name="baseFolder">Where relative paths begin.</param>
public sealed class JobLoader(string? dataFolder, string baseFolder) : IJobLoader
{
    public LoadedJob Load(string yaml)
    {
        try
        {
            var job = JobReader.Read(yaml, "the coordinator's job").GetOrThrow();
            var setup = job.Prepare(new PrepareOptions { BaseFolder = baseFolder, DataFolder = dataFolder });
            return new LoadedJob(setup, job.Fingerprint, setup.DataFingerprint());
        }
        catch (Exception wrong) when (wrong is JobException or DataException)
        {
            throw new JobLoadException(wrong.Message, wrong);
        }
    }
}
