namespace Distributed.Engine;

/// <summary>Shapes that do not fit, said as a sentence: the operation, what it wanted and what came.</summary>
public sealed class ShapeException(string message) : Exception(message);
