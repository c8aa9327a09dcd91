using System.Numerics;

namespace Distributed.Engine.Operations;

/// <summary>Class labels: whole numbers 0..C−1, stored as floating-point numbers beside the features.</summary>
internal static class ClassLabels
{
    /// <summary>The label of sample <paramref name="sample"/> as an index.</summary>
    /// <exception cref="InvalidOperationException">It is not a whole number from 0 to C − 1.</exception>
    public static int Read<T>(Operation operation, ReadOnlySpan<T> labels, int sample, int classes)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var label = labels[sample];
        if (label >= T.Zero && label < T.CreateChecked(classes) && T.IsInteger(label)) return int.CreateChecked(label);
        throw new InvalidOperationException($"{operation.Name}: label {label} of sample {sample} of the pass is not one of the "
            + $"{classes} classes 0..{classes - 1}");
    }
}
