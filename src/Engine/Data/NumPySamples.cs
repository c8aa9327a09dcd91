namespace Distributed.Engine.Data;

/// <summary>Samples in NumPy arrays: features [n, …], labels [n].</summary>
public static class NumPySamples
{
    /// <summary>Puts an array of features and one of labels together.</summary>
    /// <param name="features">[n, d] become samples [d]; [n, h, w] become [1, h, w]; [n, c, h, w] become [c, h, w].</param>
    /// <param name="labels">[n] or [n, 1], whole numbers.</param>
    /// <param name="classes">null: one more than the largest label.</param>
    /// <returns>Bytes stay bytes; other numbers become floats.</returns>
    /// <exception cref="DataException">The arrays do not fit each other.</exception>
    public static StoredDataSet Of(NumPyArray features, NumPyArray labels, int? classes = null)
    {
        var n = features.Extents[0];
        if (labels.Extents[0] != n || labels.Count != n)
            throw new DataException($"{features.Path} holds {n} samples, {labels.Path} has shape ({string.Join(", ", labels.Extents)}); " +
                $"({n}) is wanted");
        if (features.Extents.Count < 2)
            throw new DataException($"{features.Path}: features have 2 to 4 dimensions (samples first), got 1");
        var shape = features.Extents.Count == 3
            ? new Shape(1, features.Extents[1], features.Extents[2])
            : new Shape([.. features.Extents.Skip(1)]);
        var classOf = labels.ToLabels();
        try
        {
            return features.Type == "u1"
                ? new ByteImageDataSet(features.Data, classOf, shape, classes ?? classOf.Max() + 1)
                : new MemoryDataSet(features.ToFloats(), classOf, shape, classes ?? classOf.Max() + 1);
        }
        catch (DataException error)
        {
            throw new DataException($"{labels.Path}: {error.Message}", error);
        }
    }
}
