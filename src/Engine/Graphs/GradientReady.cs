namespace Distributed.Engine.Graphs;

/// <summary>Told that elements of a flat gradient are final while others are still computed.</summary>
/// <param name="from">Every element from this one on is; it falls from call to call, to 0.</param>
/// <param name="isFinite">Every element from there to where the call before pointed (at first: to the end) is known to be finite. False: nobody has
/// looked, or one is not.</param>
public delegate void GradientReady(int from, bool isFinite);
