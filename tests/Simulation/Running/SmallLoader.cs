using Distributed.Engine.Training;
using Distributed.Worker;

namespace Distributed.Simulations.Running;

/// <summary>Gives a worker the job that is there.</summary>
internal sealed class SmallLoader(TrainingSetup setup) : IJobLoader
{
    /// <summary>Of every small job and its data.</summary>
    public static readonly byte[] Fingerprint = new byte[32];

    private readonly LoadedJob _job = new(setup, Fingerprint, Fingerprint);

    public LoadedJob Load(string yaml) => _job;
}
