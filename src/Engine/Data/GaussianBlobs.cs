using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data;

/// <summary>Round clouds of points, one class each: each class normal around a centre of its own, all equally wide.</summary>
/// <remarks>With equal widths the best classifier is linear: the set for the linear SVM and the softmax classifier. Centres are
/// uniform in [−1, 1) in each dimension.</remarks>
public static class GaussianBlobs
{
    /// <param name="classes">K, at least 1.</param>
    /// <param name="samplesPerClass">N, at least 1; the samples of class k are k·N to (k + 1)·N − 1.</param>
    /// <param name="dimensions">D, features of a sample, at least 1.</param>
    /// <param name="deviation">Standard deviation of a cloud in each dimension; finite, at least 0.</param>
    /// <param name="seed">Of the centres.</param>
    /// <param name="pointSeed">Of the points around them; null: <paramref name="seed"/>.</param>
    /// <param name="part">Sets of one seed with different parts (0 for training, 1 for test) have the same centres, other points.</param>
    /// <returns>Samples of shape [D].</returns>
    public static MemoryDataSet Generate(int classes, int samplesPerClass, int dimensions, float deviation, ulong seed,
        ulong? pointSeed = null, int part = 0)
    {
        if (classes < 1 || samplesPerClass < 1 || dimensions < 1)
            throw new DataException("blobs: at least 1 class, 1 sample a class and 1 dimension are wanted, " +
                $"got {classes}, {samplesPerClass} and {dimensions}");
        if (!(float.IsFinite(deviation) && deviation >= 0))
            throw new DataException($"blobs: the deviation is a finite number, at least 0, got {deviation}");
        if ((Int128)classes * samplesPerClass * dimensions > Array.MaxLength)
            throw new DataException($"blobs: {classes} classes of {samplesPerClass} samples with {dimensions} features are more than " +
                $"{Array.MaxLength} numbers");
        var features = new float[classes * samplesPerClass * dimensions];
        var labels = new int[classes * samplesPerClass];
        var centre = new double[dimensions];
        for (var k = 0; k < classes; k++)
        {
            var places = new RandomStream(seed, RandomPurpose.Data, (uint)k, c: 1);
            for (var j = 0; j < dimensions; j++) centre[j] = 2 * places.NextDouble() - 1;
            var random = new RandomStream(pointSeed ?? seed, RandomPurpose.Data, (uint)k, (uint)part);
            for (var i = k * samplesPerClass; i < (k + 1) * samplesPerClass; i++)
            {
                labels[i] = k;
                for (var j = 0; j < dimensions; j++)
                    features[i * dimensions + j] = (float)(centre[j] + deviation * random.NextGaussian());
            }
        }
        return new MemoryDataSet(features, labels, new Shape(dimensions), classes);
    }
}
