namespace Distributed.Engine.Training;

/// <summary>Losses of some samples, added in double precision in sample order.</summary>
/// <param name="Loss">ΣH.</param>
/// <param name="Correct">Samples whose predicted class is their label.</param>
public readonly record struct LossSum(double Loss, int Correct, int Samples)
{
    /// <summary>The node of two children in the reduction tree: left + right.</summary>
    public static LossSum operator +(LossSum left, LossSum right) =>
        new(left.Loss + right.Loss, left.Correct + right.Correct, left.Samples + right.Samples);
}
