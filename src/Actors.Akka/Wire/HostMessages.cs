using Distributed.Protocol;

namespace Distributed.Actors.Akka.Wire;

/// <summary>A message of a conversation on its way out: encoded, so that nothing of it is read later.</summary>
/// <param name="Name">Of the body's type.</param>
internal sealed record Outgoing(string Name, byte[] Payload);

/// <summary>A message of a conversation as it came.</summary>
/// <param name="Body">A message of the table, or a chunk, which the receiver releases.</param>
internal sealed record Incoming(NumberedHead Head, object Body);
