namespace Distributed.Engine.Data;

/// <summary>Data of the user that cannot be used, said as a sentence: where, what was wanted and what came. Recoverable.</summary>
public sealed class DataException(string message, Exception? inner = null) : Exception(message, inner);
