namespace Distributed.Protocol;

/// <summary>A frame as it came from the wire.</summary>
/// <param name="To">Name of an actor here; empty: the host.</param>
/// <param name="From">Name of an actor there; empty: the host.</param>
/// <param name="Body">A message class of <see cref="MessageTable"/>, or a <see cref="TensorChunk"/>, which the receiver releases.</param>
public readonly record struct ReceivedFrame(string To, string From, object Body);
