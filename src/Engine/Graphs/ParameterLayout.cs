using System.Collections.Immutable;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Graphs;

/// <summary>What a parameter is for: regularizers and weight decay tell weights from the rest.</summary>
public enum ParameterRole
{
    Weight,
    Bias,

    /// <summary>Gain and shift of a normalization.</summary>
    Norm,

    /// <summary>Not trained but observed, as the running mean of batch normalization. Its slice of the gradient carries what each shard
    /// observed, times the shard's samples, so that the mean over the batch comes out of the reduction tree like any gradient;
    /// <see cref="Training.WeightUpdate"/> moves the statistic towards it.</summary>
    Statistic,
}

/// <summary>A parameter's place in the flat vector.</summary>
/// <param name="Offset">First element in the flat vector.</param>
public sealed record ParameterSlice(string Name, Shape Shape, int Offset, ParameterRole Role, Initializer Initializer)
{
    public int Count => Shape.SampleElements;

    /// <summary>Whether optimizer and regularizer reach it: all but statistics.</summary>
    public bool IsTrained => Role != ParameterRole.Statistic;

    /// <summary>Of a statistic: the share by which it moves towards what a step observed, 0..1.</summary>
    public float StatisticRate { get; init; }

    public int End => Offset + Count;
}

/// <summary>The one flat vector that holds all parameters of a model, slice after slice without gaps, in model order.</summary>
/// <remarks>Weights, their gradient and the optimizer's state all have this layout.</remarks>
public sealed record ParameterLayout(ImmutableArray<ParameterSlice> Slices)
{
    /// <summary>Elements of the flat vector.</summary>
    public int Count => Slices.IsEmpty ? 0 : Slices[^1].End;

    /// <summary>Whether every slice is trained.</summary>
    public bool IsAllTrained => Slices.All(slice => slice.IsTrained);

    public ParameterSlice this[string name] => Slices.FirstOrDefault(slice => slice.Name == name)
        ?? throw new KeyNotFoundException($"no parameter \"{name}\"; there are {string.Join(", ", Slices.Select(s => s.Name))}");

    /// <summary>The initial weights: each slice by its initializer, keyed by (seed, slice index), so no slice depends on another.</summary>
    public float[] InitialWeights(ulong seed)
    {
        var weights = new float[Count];
        for (var i = 0; i < Slices.Length; i++)
            Slices[i].Initializer.Fill(weights.AsSpan(Slices[i].Offset, Slices[i].Count), Slices[i].Shape, seed, (uint)i);
        return weights;
    }
}
