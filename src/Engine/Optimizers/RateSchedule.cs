namespace Distributed.Engine.Optimizers;

/// <summary>The learning rate's factor as a pure function of the step.</summary>
public abstract record RateSchedule
{
    /// <param name="step">0 at the first.</param>
    /// <param name="stepsPerEpoch">At least 1.</param>
    /// <param name="totalSteps">Steps of the whole run.</param>
    public abstract double Factor(long step, int stepsPerEpoch, long totalSteps);
}
