namespace Distributed.Engine.Training;

/// <summary>What becomes of a step whose loss or summed gradient holds NaN or infinity.</summary>
public enum NonFinitePolicy
{
    /// <summary>The run ends with a sentence that says where the number comes from.</summary>
    Stop,

    /// <summary>The step changes nothing: weights, statistics and the optimizer's state stay, and its loss is in no sum. It counts as a step,
    /// so a learning rate's schedule goes on, and it is recorded. Which steps these are follows from job and data alone.</summary>
    Skip,
}

/// <summary>What becomes of one step: see <see cref="WeightUpdate.Judge"/>.</summary>
public enum StepVerdict
{
    /// <summary>The weights are stepped.</summary>
    Take,

    /// <summary>The next weights are the same.</summary>
    Skip,

    /// <summary>The run ends before the step.</summary>
    Stop,
}
