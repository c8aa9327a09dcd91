namespace Distributed.Engine.Training;

/// <summary>The loss or the gradient of a step is not finite: the training is stopped, with a sentence that says where that begins and what to
/// try.</summary>
public sealed class DivergedException(string message) : Exception(message)
{
    /// <summary>Looks for the cause in all shards of the step.</summary>
    /// <param name="step">0 at the first.</param>
    /// <param name="gradient">∇L of the step, whole.</param>
    /// <param name="weights">Before the step.</param>
    internal static DivergedException Of(TrainingSetup setup, long step, in LossSum loss, ReadOnlySpan<float> gradient, float[] weights)
    {
        var perEpoch = setup.Layout.BatchesPerEpoch;
        var finding = NonFiniteSearch.Find(setup, (int)(step / perEpoch), (int)(step % perEpoch), new ShardRange(0, setup.Shards), weights);
        return new DivergedException(finding is null
            ? NonFiniteSentence.OfRoot(setup, step, loss, NonFiniteElement.First(setup.Model.Parameters, 0, gradient))
            : NonFiniteSentence.OfShard(setup, step, finding.Sentence));
    }
}
