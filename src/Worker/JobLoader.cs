using Distributed.Engine.Data;
using Distributed.Jobs;
using Distributed.Worker.Shipping;

namespace Distributed.Worker;

/// <summary>Reads the job that came over the wire, and the data from this machine's disk; where it is not there, its samples are sent.</summary>
/// <param name="dataFolder">Where this machine keeps the data; null: where the job says.</param>
/// <param name="baseFolder">Where relative paths begin.</param>
/// <param name="borrow">Data that somebody on this machine has read for a job of this fingerprint; null, or what it gives is null: there is none.</param>
/// <param name="cache">Where samples are kept that are sent; null: none are taken.</param>
public sealed class JobLoader(string? dataFolder, string baseFolder, Func<byte[], DataPair?>? borrow = null, ISampleCache? cache = null) : IJobLoader
{
    public LoadedJob Load(string yaml) => Load(yaml, null);

    public LoadedJob Load(string yaml, OfferedData? offered)
    {
        try
        {
            var job = JobReader.Read(yaml, "the coordinator's job").GetOrThrow();
            if (borrow?.Invoke(job.Fingerprint) is { } data) return Loaded(job, data);
            try
            {
                return Loaded(job, job.LoadData(new PrepareOptions { BaseFolder = baseFolder, DataFolder = dataFolder }));
            }
            catch (DataException missing) when (missing.IsMissing && offered is not null && cache is not null)
            {
                return Shipped(job, offered, cache) with { Missing = missing.Message };
            }
        }
        catch (Exception wrong) when (wrong is JobException or DataException)
        {
            throw new JobLoadException(wrong.Message, wrong);
        }
    }

    private static LoadedJob Loaded(Job job, DataPair data)
    {
        var setup = job.Prepare(data);
        return new LoadedJob(setup, job.Fingerprint, setup.DataFingerprint());
    }

    private static LoadedJob Shipped(Job job, OfferedData offered, ISampleCache cache)
    {
        var train = new ShippedDataSet(offered.Train, cache);
        var test = offered.Test is null ? null : new ShippedDataSet(offered.Test, cache);
        var loaded = Loaded(job, new DataPair(train, test));
        return loaded with { Shipped = new ShippedSamples(loaded.Setup, train, test) };
    }
}
