namespace Distributed.Jobs;

/// <summary>What a sample is to be answered with.</summary>
public enum TargetSource
{
    /// <summary>What the data says of it: its class, its numbers.</summary>
    Data,

    /// <summary>The sample itself.</summary>
    Features,
}
