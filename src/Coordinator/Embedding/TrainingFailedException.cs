using Distributed.Coordinator.Running;

namespace Distributed.Coordinator.Embedding;

/// <summary>A run that ended before it was done; the message is a sentence.</summary>
/// <param name="result">How far it came; null: it has no result.</param>
public sealed class TrainingFailedException(string message, RunResult? result = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How far it came; null: it has no result.</summary>
    public RunResult? Result { get; } = result;
}
