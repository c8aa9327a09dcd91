namespace Distributed.Jobs;

/// <summary>When a run writes checkpoints.</summary>
/// <param name="Every">Steps between two; one more is written at each epoch's end.</param>
public sealed record Checkpoint(int Every);
