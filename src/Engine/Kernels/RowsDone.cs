namespace Distributed.Engine.Kernels;

/// <summary>Told that rows of a matrix are final while others are still computed.</summary>
/// <param name="row">All rows from this one on are; it falls from call to call.</param>
/// <param name="isFinite">Every element from there to the row of the call before is known to be finite. False: nobody has looked, or one is not.</param>
public delegate void RowsDone(int row, bool isFinite);
