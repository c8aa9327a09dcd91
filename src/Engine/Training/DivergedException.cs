namespace Distributed.Engine.Training;

/// <summary>The loss is no longer a finite number: the training is stopped, with a sentence that says what to try.</summary>
public sealed class DivergedException(string message) : Exception(message)
{
    /// <param name="sum">The losses of a whole batch.</param>
    /// <param name="step">0 at the first.</param>
    /// <exception cref="DivergedException">The loss is NaN or infinite.</exception>
    public static void ThrowIfNotFinite(in LossSum sum, long step)
    {
        if (double.IsFinite(sum.Loss)) return;
        throw new DivergedException($"the loss of step {step} is {sum.Loss}: the training diverged. Try a smaller learning rate, "
            + "and check that the data is scaled and holds no NaN.");
    }
}
