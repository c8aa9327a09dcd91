namespace Distributed.Jobs;

/// <summary>What a job measures accuracy on.</summary>
public abstract record TestPart;

/// <summary>The training samples themselves: what the network has learned by heart counts too.</summary>
public sealed record TrainingPoints : TestPart;

/// <summary>A share of the samples, held out of training.</summary>
/// <param name="Share">Above 0, below 1.</param>
/// <param name="Seed">Picks which ones.</param>
public sealed record HeldOut(float Share, ulong Seed = 0) : TestPart;

/// <summary>A fresh draw of generated data; never the training points, whatever the seed.</summary>
/// <param name="Size">In the data set's own measure: samples, points of a class, copies of the four points.</param>
public sealed record FreshDraw(int Size, ulong Seed = 0) : TestPart;

/// <summary>The test part that the data set itself comes with.</summary>
public sealed record OwnTestPart : TestPart;

/// <summary>A second file of the same columns.</summary>
/// <param name="File">Relative to the job file's folder.</param>
public sealed record TestFile(string File) : TestPart;
