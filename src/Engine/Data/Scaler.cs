using System.Collections.Immutable;

namespace Distributed.Engine.Data;

/// <summary>A <see cref="Scaling"/> with its statistics filled in, ready to be applied to any part of the data.</summary>
/// <remarks>
/// Statistics are taken in double precision over the training part (mean, then the population's standard deviation) and rounded to
/// float once; a feature that never changes has deviation 0, and 1 is used for it, so it becomes 0. Applied in float: x / 255, or
/// (x − mean) / std, each operation rounded once.
/// </remarks>
public sealed class Scaler
{
    private Scaler(Scaling scaling, ImmutableArray<float> means, ImmutableArray<float> deviations) =>
        (Scaling, Means, Deviations) = (scaling, means, deviations);

    public static Scaler None { get; } = new(Scaling.None, [], []);

    public static Scaler Unit { get; } = new(Scaling.Unit, [], []);

    public Scaling Scaling { get; }

    /// <summary>One, one for each feature, or none, as <see cref="Scaling"/> says.</summary>
    public ImmutableArray<float> Means { get; }

    /// <summary>As many as <see cref="Means"/>; never 0.</summary>
    public ImmutableArray<float> Deviations { get; }

    /// <summary>One whose statistics are known.</summary>
    /// <exception cref="DataException">There is no such scaling, or it has other statistics.</exception>
    internal static Scaler Of(Scaling scaling, ReadOnlySpan<float> means, ReadOnlySpan<float> deviations)
    {
        if (!Enum.IsDefined(scaling)) throw new DataException($"there is no scaling {(int)scaling}");
        var fits = scaling switch
        {
            Scaling.None or Scaling.Unit => means.IsEmpty,
            Scaling.Standardize => means.Length == 1,
            _ => !means.IsEmpty,
        };
        if (!fits || deviations.Length != means.Length || deviations.Contains(0))
            throw new DataException($"scaling {scaling}: got {means.Length} means and {deviations.Length} deviations, which do not fit or are 0");
        return new Scaler(scaling, [.. means], [.. deviations]);
    }

    internal static Scaler Standardize(double mean, double deviation) => new(Scaling.Standardize, [(float)mean], [NotZero(deviation)]);

    internal static Scaler StandardizePerFeature(ReadOnlySpan<double> means, ReadOnlySpan<double> deviations)
    {
        var (m, d) = (new float[means.Length], new float[means.Length]);
        for (var i = 0; i < m.Length; i++) (m[i], d[i]) = ((float)means[i], NotZero(deviations[i]));
        return new Scaler(Scaling.StandardizePerFeature, [.. m], [.. d]);
    }

    /// <summary>What is taken from every feature before it is divided by <see cref="Deviation"/>, where all features are scaled alike.</summary>
    internal float Mean => Scaling == Scaling.Standardize ? Means[0] : 0;

    /// <summary>What every feature is divided by, where all are scaled alike.</summary>
    internal float Deviation => Scaling switch { Scaling.None => 1, Scaling.Unit => 255, _ => Deviations[0] };

    /// <summary>The scaled value of <paramref name="x"/>, standing at place <paramref name="feature"/> of its sample.</summary>
    public float Apply(float x, int feature) => Scaling switch
    {
        Scaling.None => x,
        Scaling.Unit => x / 255,
        Scaling.Standardize => (x - Means[0]) / Deviations[0],
        _ => (x - Means[feature]) / Deviations[feature],
    };

    /// <summary>Scales one sample in place.</summary>
    internal void Apply(Span<float> sample)
    {
        if (Scaling == Scaling.None) return;
        for (var i = 0; i < sample.Length; i++) sample[i] = Apply(sample[i], i);
    }

    /// <exception cref="DataException">The statistics are of samples with another number of features.</exception>
    internal void CheckFits(Shape sampleShape)
    {
        if (Scaling == Scaling.StandardizePerFeature && Means.Length != sampleShape.SampleElements)
            throw new DataException($"scaling: statistics are of {Means.Length} features, samples of {sampleShape} " +
                $"have {sampleShape.SampleElements}");
    }

    private static float NotZero(double deviation) => (float)deviation == 0 ? 1 : (float)deviation;
}
