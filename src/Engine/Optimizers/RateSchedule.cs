namespace Distributed.Engine.Optimizers;

/// <summary>The learning rate's factor as a pure function of the step.</summary>
/// <remarks><code>
/// W = round(Warmup · steps of an epoch)
/// factor(step) = (step + 1) / W                          step &lt; W: a straight line up to 1
///                After(step − W, …, total steps − W)     else: the schedule's own curve, begun anew
/// </code>
/// In double precision by <see cref="Kernels.PortableMath"/>: the same bits everywhere.
/// </remarks>
public abstract record RateSchedule
{
    private readonly float _warmup;

    /// <summary>Epochs, parts of one too; finite, at least 0.</summary>
    public float Warmup
    {
        get => _warmup;
        init => _warmup = Setting.NotNegative(value, "warm-up", nameof(Warmup));
    }

    /// <param name="step">0 at the first.</param>
    /// <param name="stepsPerEpoch">At least 1.</param>
    /// <param name="totalSteps">Steps of the whole run.</param>
    public double Factor(long step, int stepsPerEpoch, long totalSteps)
    {
        var warmup = (long)Math.Round((double)Warmup * stepsPerEpoch);
        return step < warmup ? (step + 1.0) / warmup : After(step - warmup, stepsPerEpoch, totalSteps - warmup);
    }

    /// <summary>The curve after the warm-up; 1 at its begin.</summary>
    /// <param name="step">0 at the first after the warm-up.</param>
    /// <param name="steps">From there to the end of the run; above <paramref name="step"/>.</param>
    private protected abstract double After(long step, int stepsPerEpoch, long steps);
}
