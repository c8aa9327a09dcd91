namespace Distributed.Engine.Randomness;

/// <summary>What random numbers are for: streams of different purposes never share a number.</summary>
/// <remarks>The values are part of a run's answer: never renumber one.</remarks>
public enum RandomPurpose : byte
{
    /// <summary>Order of the samples; a = epoch.</summary>
    SampleOrder = 1,

    /// <summary>First values of a parameter; a = index of the parameter.</summary>
    Initialization = 2,

    /// <summary>Numbers an operation draws in a step; a = step, b = sample, c = layer.</summary>
    Layer = 3,

    /// <summary>Generated data; a, b as the generator says.</summary>
    Data = 4,

    /// <summary>Which samples go to the test part.</summary>
    Split = 5,

    /// <summary>Changes of a training sample; a = epoch, b = sample, c = which augmentation.</summary>
    Augmentation = 6,

    /// <summary>Which settings are tried; a = number of the draw.</summary>
    Sweep = 7,

    /// <summary>Anything in a test.</summary>
    Test = 255,
}
