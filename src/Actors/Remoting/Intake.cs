using Distributed.Protocol;

namespace Distributed.Actors.Remoting;

/// <summary>Takes what comes over connections under one name, in place of an actor: on the thread that reads the connection, with no mailbox between.</summary>
/// <param name="Name">What frames are addressed to. Who watches it is told of the connection's end alone.</param>
/// <param name="Open">Gives each connection a sink of its own.</param>
internal sealed record Intake(string Name, Func<FrameSink> Open);

/// <summary>Takes the bodies of frames of one connection, in their order. What is <see cref="IReleasable"/> is its to release.</summary>
/// <returns>A task to wait for before more is read; null: none.</returns>
internal delegate Task? FrameSink(object body);
