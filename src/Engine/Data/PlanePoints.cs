using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data;

/// <summary>Collects points of the plane with their classes, and blurs each coordinate with normal noise.</summary>
internal sealed class PlanePoints
{
    private readonly float[] _features;
    private readonly int[] _labels;
    private readonly float _noise;
    private readonly int _classes;
    private int _count;

    /// <exception cref="DataException">There would be no sample or too many, or the noise is no standard deviation.</exception>
    public PlanePoints(string set, int classes, int samplesPerClass, float noise)
    {
        if (classes < 1 || samplesPerClass < 1)
            throw new DataException($"{set}: at least 1 class and 1 sample a class are wanted, got {classes} and {samplesPerClass}");
        if (!(float.IsFinite(noise) && noise >= 0)) throw new DataException($"{set}: noise is a finite number, at least 0, got {noise}");
        if ((long)classes * samplesPerClass * 2 > Array.MaxLength)
            throw new DataException($"{set}: {classes} classes of {samplesPerClass} samples are more than {Array.MaxLength / 2} samples");
        (_features, _labels) = (new float[classes * samplesPerClass * 2], new int[classes * samplesPerClass]);
        (_noise, _classes) = (noise, classes);
    }

    /// <summary>Adds (x, y) + noise·(gaussian, gaussian).</summary>
    public void Add(int label, double x, double y, ref RandomStream random)
    {
        _features[2 * _count] = (float)(x + _noise * random.NextGaussian());
        _features[2 * _count + 1] = (float)(y + _noise * random.NextGaussian());
        _labels[_count++] = label;
    }

    public MemoryDataSet ToDataSet() => new(_features, _labels, new Shape(2), _classes);
}
