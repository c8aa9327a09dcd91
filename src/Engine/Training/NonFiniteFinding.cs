using System.Collections.Immutable;
using Distributed.Engine.Graphs;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Training;

/// <summary>Where the first number that is not finite comes from, in the order in which it is looked for.</summary>
public enum NonFiniteOrigin
{
    /// <summary>The weights that the step began with.</summary>
    Weights,

    /// <summary>The features of a sample, as the data set gives them and augmentations change them.</summary>
    Features,

    /// <summary>The target of a sample.</summary>
    Targets,

    /// <summary>An operation's output: its inputs are finite.</summary>
    Forward,

    /// <summary>The gradient that an operation gives one of its inputs: all values are finite, and so is the gradient of its output.</summary>
    Backward,

    /// <summary>The sum of the gradients of a value that is used several times: each of them is finite.</summary>
    Addition,
}

/// <summary>The first number of a shard that is not finite.</summary>
/// <param name="Shard">The virtual shard of the batch.</param>
/// <param name="Place">The operation with its layer ("log in layer \"log1\""), or the parameter, or "features" or "targets".</param>
/// <param name="Number">NaN, ∞ or −∞.</param>
/// <param name="Samples">Numbers in the training set of the samples that it shows in, at most <see cref="MaxSamples"/>; of all samples of the
/// shard where it is a sum over them; none for weights.</param>
/// <param name="SampleCount">How many they are.</param>
/// <param name="Sentence">All of this in words, with what to try.</param>
public sealed record NonFiniteFinding(NonFiniteOrigin Origin, int Shard, string Place, float Number, ImmutableArray<int> Samples, int SampleCount,
    string Sentence)
{
    /// <summary>Samples that are named at most.</summary>
    public const int MaxSamples = 8;
}

/// <summary>An element of the flat vector that is not finite.</summary>
/// <param name="Parameter">The parameter it belongs to.</param>
/// <param name="Element">Its place in the parameter, from 0.</param>
public readonly record struct NonFiniteElement(string Parameter, int Element, float Number)
{
    /// <param name="offset">First element of the slice in the flat vector.</param>
    /// <returns>Null where all are finite.</returns>
    public static NonFiniteElement? First(ParameterLayout layout, int offset, ReadOnlySpan<float> slice)
    {
        if (Finite.All(slice)) return null;
        var place = Finite.FirstNot(slice);
        var parameter = layout.Slices.First(parameter => offset + place < parameter.End);
        return new NonFiniteElement(parameter.Name, offset + place - parameter.Offset, slice[place]);
    }
}
