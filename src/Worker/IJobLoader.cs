using Distributed.Engine.Training;

namespace Distributed.Worker;

/// <summary>A job ready to compute.</summary>
/// <param name="JobFingerprint">32 bytes.</param>
/// <param name="DataFingerprint">32 bytes.</param>
public sealed record LoadedJob(TrainingSetup Setup, byte[] JobFingerprint, byte[] DataFingerprint);

/// <summary>Builds the model and loads the data of a job that came over the wire. Called beside the mailbox: may read files.</summary>
public interface IJobLoader
{
    /// <param name="yaml">The resolved job.</param>
    /// <exception cref="JobLoadException">The job or the data is wrong here: a sentence for the user.</exception>
    LoadedJob Load(string yaml);
}

/// <summary>A job or its data is wrong on this machine; the message is a sentence for the user.</summary>
public sealed class JobLoadException(string message, Exception? inner = null) : Exception(message, inner);
