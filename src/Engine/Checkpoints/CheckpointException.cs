namespace Distributed.Engine.Checkpoints;

/// <summary>A checkpoint that cannot be written, read or used, said as a sentence: file, what was wanted, what came. Recoverable.</summary>
public sealed class CheckpointException(string message, Exception? inner = null) : IOException(message, inner);
