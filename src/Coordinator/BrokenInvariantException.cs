namespace Distributed.Coordinator;

/// <summary>A fault of this program, not of a peer or the user: the run stops at once.</summary>
public sealed class BrokenInvariantException(string message) : Exception($"broken invariant: {message}");
