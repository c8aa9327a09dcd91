namespace Distributed.Jobs;

/// <summary>Bounds on a job, checked before anything of that size is made.</summary>
public static class JobLimits
{
    /// <summary>UTF-8 bytes of a job's text at most.</summary>
    public const int MaxTextBytes = 256 * 1024;

    /// <summary>How deep lists and mappings may stand in each other.</summary>
    public const int MaxDepth = 16;

    /// <summary>Scalars, lists and mappings of one text at most.</summary>
    public const int MaxNodes = 20_000;

    /// <summary>Layers of a model at most.</summary>
    public const int MaxLayers = 1000;

    /// <summary>Augmentations of a job at most.</summary>
    public const int MaxAugmentations = 16;

    /// <summary>Problems reported for one job at most; reading goes on, the rest is left out with a last line that says so.</summary>
    public const int MaxProblems = 100;

    /// <summary>Overrides (<c>--set</c>) at most.</summary>
    public const int MaxOverrides = 256;

    /// <summary>Characters of a path at most.</summary>
    public const int MaxPathCharacters = 4096;

    /// <summary>Characters of a job's name at most.</summary>
    public const int MaxNameCharacters = 64;

    /// <summary>Features that a layer gives at most.</summary>
    public const int MaxFeatures = 1 << 20;

    /// <summary>Rows or columns of a kernel, its stride, dilation and padding at most.</summary>
    public const int MaxKernel = 1 << 12;

    /// <summary>Maps that a layer gives at most, and groups.</summary>
    public const int MaxMaps = 1 << 16;

    /// <summary>Samples of a data set or a batch at most.</summary>
    public const int MaxSamples = 1 << 27;

    public const int MaxEpochs = 1_000_000;
}
