using System.Collections.Immutable;
using System.Numerics;

namespace Distributed.Engine.Operations;

/// <summary>How a cross-entropy sees class labels: smoothed, and some classes weighing more than others.</summary>
/// <remarks><code>
/// wanted     q_c = (1 − ε)·1[c = y] + ε/C         Szegedy et al.: Rethinking the Inception Architecture (2016), section 7
/// loss       H = w_y · Σ_c q_c·h_c,  h_c = −log p_c
/// gradient   ∂H/∂z_c = w_y · (p_c − q_c)
/// order      (1 − ε)·h_y + (ε/C)·Σ_c h_c, the sum over classes in index order from +0; with ε = 0 it is h_y
/// </code>
/// The weight multiplies the loss of its sample (of its pixel) whole, smoothing included, and means are still taken over the number
/// of samples (pixels), not over the sum of their weights: scaling all weights scales the loss.
/// </remarks>
public sealed class LabelSettings
{
    /// <param name="smoothing">ε, 0 to below 1.</param>
    /// <param name="classWeights">w, one for each class, finite and at least 0; none: 1 for every class.</param>
    public LabelSettings(float smoothing = 0, ImmutableArray<float> classWeights = default)
    {
        if (!(smoothing >= 0 && smoothing < 1))
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "label smoothing is a number from 0 to below 1");
        (Smoothing, ClassWeights) = (smoothing, classWeights.IsDefault ? [] : classWeights);
        foreach (var weight in ClassWeights)
            if (!(weight >= 0 && float.IsFinite(weight)))
                throw new ArgumentOutOfRangeException(nameof(classWeights), weight, "the weight of a class is a finite number, at least 0");
    }

    public static LabelSettings Plain { get; } = new();

    public float Smoothing { get; }

    /// <summary>Empty where every class weighs 1.</summary>
    public ImmutableArray<float> ClassWeights { get; }

    /// <exception cref="ShapeException">There are weights, but not one for each class.</exception>
    internal void Check(Operation operation, Shape scores, int classes)
    {
        if (!ClassWeights.IsEmpty && ClassWeights.Length != classes)
            throw new ShapeException($"{operation.Name}: {ClassWeights.Length} class weights for scores {scores}: "
                + $"one for each of the {classes} classes is wanted");
    }

    /// <summary>H of a sample whose label costs <paramref name="right"/>, and all classes together <paramref name="all"/>.</summary>
    /// <param name="right">h_y.</param>
    /// <param name="all">Σ_c h_c; looked at only where ε is above 0.</param>
    internal T Loss<T>(int label, int classes, T right, T all) where T : unmanaged, IFloatingPointIeee754<T> => Weight<T>(label)
        * (Smoothing > 0 ? ((T.One - T.CreateChecked(Smoothing)) * right) + (Wrong<T>(classes) * all) : right);

    internal T Weight<T>(int label) where T : unmanaged, IFloatingPointIeee754<T> =>
        ClassWeights.IsEmpty ? T.One : T.CreateChecked(ClassWeights[label]);

    /// <summary>q of a class that is not the label.</summary>
    internal T Wrong<T>(int classes) where T : unmanaged, IFloatingPointIeee754<T> =>
        T.CreateChecked(Smoothing) / T.CreateChecked(classes);

    /// <summary>q of the label.</summary>
    internal T Right<T>(int classes) where T : unmanaged, IFloatingPointIeee754<T> =>
        T.One - T.CreateChecked(Smoothing) + Wrong<T>(classes);
}
