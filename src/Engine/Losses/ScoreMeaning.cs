namespace Distributed.Engine.Losses;

/// <summary>What makes probabilities of a model's scores.</summary>
public enum ScoreMeaning
{
    /// <summary>Nothing does: scores are compared, or are the numbers that were asked for.</summary>
    Plain,

    /// <summary>Softmax over the classes.</summary>
    Softmax,

    /// <summary>The logistic function of each score.</summary>
    Logistic,
}
