namespace Distributed.Engine.Data;

/// <summary>How stored features become the numbers a model sees.</summary>
/// <remarks>The values go into fingerprints: never renumber one.</remarks>
public enum Scaling
{
    /// <summary>As they are.</summary>
    None = 0,

    /// <summary>x / 255: bytes to [0, 1].</summary>
    Unit = 1,

    /// <summary>(x − mean) / std with one mean and one standard deviation over all features of all training samples.</summary>
    Standardize = 2,

    /// <summary>(x − mean) / std with a mean and a standard deviation for each feature.</summary>
    StandardizePerFeature = 3,
}
