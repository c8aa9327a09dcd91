using Distributed.Engine.Layers;

namespace Distributed.Engine.Graphs;

/// <summary>What one layer of a model added to its graph.</summary>
/// <param name="Name">The prefix of its parameters: "conv1".</param>
/// <param name="Depth">0 for a layer of the model itself, 1 for one inside it, and so on.</param>
/// <param name="FirstParameter">Index of its first parameter in the layout.</param>
/// <param name="EndParameter">One beyond its last, those of layers inside it included.</param>
public sealed record LayerSpan(string Name, Layer Layer, int Depth, Value Input, Value Output, int FirstParameter, int EndParameter)
{
    /// <summary>Index in the graph of the first value it made.</summary>
    public int FirstValue { get; init; }

    /// <summary>One beyond the last value it made, those of layers inside it included.</summary>
    public int EndValue { get; init; }

    /// <summary>Elements of its parameters that are trained.</summary>
    public long TrainedElements => Slices().Where(slice => slice.IsTrained).Sum(slice => (long)slice.Count);

    /// <summary>Elements of its statistics.</summary>
    public long StatisticElements => Slices().Where(slice => !slice.IsTrained).Sum(slice => (long)slice.Count);

    private IEnumerable<ParameterSlice> Slices() => Input.Graph.Parameters.Slices.Skip(FirstParameter).Take(EndParameter - FirstParameter);
}
