using Distributed.Engine.Training;
using Distributed.Protocol;
using Distributed.Worker.Shipping;

namespace Distributed.Worker;

/// <summary>A job ready to compute.</summary>
/// <param name="JobFingerprint">32 bytes.</param>
/// <param name="DataFingerprint">32 bytes.</param>
public sealed record LoadedJob(TrainingSetup Setup, byte[] JobFingerprint, byte[] DataFingerprint)
{
    /// <summary>The samples that the coordinator sends; null: the data is here.</summary>
    public ShippedSamples? Shipped { get; init; }

    /// <summary>What of the data is not here, as a sentence; null: nothing.</summary>
    public string? Missing { get; init; }
}

/// <summary>Data whose samples a coordinator sends to workers that lack them.</summary>
/// <param name="Test">Null: there is no test part.</param>
public sealed record OfferedData(DataPart Train, DataPart? Test);

/// <summary>Builds the model and loads the data of a job that came over the wire. Called beside the mailbox: may read files.</summary>
public interface IJobLoader
{
    /// <param name="yaml">The resolved job.</param>
    /// <exception cref="JobLoadException">The job or the data is wrong here: a sentence for the user.</exception>
    LoadedJob Load(string yaml);

    /// <summary>As the other, where the data may be missing here.</summary>
    /// <param name="offered">What to do without it; null: nothing.</param>
    /// <exception cref="JobLoadException">As the other.</exception>
    LoadedJob Load(string yaml, OfferedData? offered) => Load(yaml);
}

/// <summary>A job or its data is wrong on this machine; the message is a sentence for the user.</summary>
public sealed class JobLoadException(string message, Exception? inner = null) : Exception(message, inner);
