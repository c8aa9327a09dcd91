namespace Distributed.Actors;

/// <summary>A message between two nodes of a simulation at the moment of its arrival.</summary>
/// <param name="FromLife">Which life of the sending node sent it, from 1: its incarnation.</param>
/// <param name="ToLife">Which life of the receiving node gets it.</param>
/// <param name="Connection">Number of the connection it came by.</param>
/// <param name="Sender">Name of the sending actor, or empty.</param>
/// <param name="Target">Name of the actor it is for, or empty.</param>
/// <param name="Message">A message of the protocol.</param>
public readonly record struct SimulatedFrame(SimulatorHost From, int FromLife, SimulatorHost To, int ToLife, long Connection, string Sender,
    string Target, object Message)
{
    /// <summary>The same when it is sent and when it arrives; a second copy has another. Rises over the whole simulation.</summary>
    public long Number { get; init; }

    /// <summary>Of the whole frame on the wire, its length in front included; 0 where it is told of as it is sent, before it is encoded.</summary>
    public long Bytes { get; init; }
}
