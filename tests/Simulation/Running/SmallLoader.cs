using Distributed.Engine.Data;
using Distributed.Engine.Training;
using Distributed.Testing;
using Distributed.Worker;
using Distributed.Worker.Shipping;

namespace Distributed.Simulations.Running;

/// <summary>Gives a worker the job that is there.</summary>
/// <param name="disk">Of a node without the data: where it keeps samples that it is sent; null: the data is there.</param>
/// <param name="watch">Put around the training data of a node without it.</param>
internal sealed class SmallLoader(TrainingSetup setup, MemorySamples? disk = null, Func<DataSet, DataSet>? watch = null) : IJobLoader
{
    /// <summary>Of every small job and its data.</summary>
    public static readonly byte[] Fingerprint = new byte[32];

    private readonly LoadedJob _job = new(setup, Fingerprint, Fingerprint);

    public LoadedJob Load(string yaml) => _job;

    public LoadedJob Load(string yaml, OfferedData? offered)
    {
        if (disk is null) return _job;
        if (offered is null) throw new JobLoadException("the data is not here, and none is offered");
        var train = new ShippedDataSet(offered.Train, disk);
        var test = offered.Test is null ? null : new ShippedDataSet(offered.Test, disk);
        var shipped = setup with { Train = watch?.Invoke(train) ?? train, Test = test };
        return new LoadedJob(shipped, Fingerprint, Fingerprint) { Shipped = new ShippedSamples(shipped, train, test) };
    }
}
