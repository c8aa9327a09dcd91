namespace Distributed.Engine.Checkpoints;

/// <summary>A checkpoint that cannot be written, read or used, said as a sentence: file, wanted, came. Recoverable.</summary>
public sealed class CheckpointException(string message, Exception? inner = null) : IOException(message, inner);
