using Distributed.Engine.Data;
using Distributed.Engine.Kernels;
using Distributed.Engine.Losses;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Cli.Predictions;

/// <summary>What a model says of one sample.</summary>
/// <param name="Source">Where the sample came from.</param>
/// <param name="Scores">The model's output.</param>
/// <param name="Classes">The class that is decided for, or that of each pixel; empty where the model gives numbers.</param>
/// <param name="Probabilities">Of each class, or of each output; null where the loss gives scores no such meaning, and for pixels.</param>
internal sealed record Prediction(string Source, float[] Scores, int[] Classes, float[]? Probabilities)
{
    public static Prediction Of(string source, Model model, ReadOnlySpan<float> scores)
    {
        var decisions = Decisions.PerSample(model.Target);
        var classes = new int[decisions];
        for (var i = 0; i < decisions; i++) classes[i] = Decisions.Class(scores[i..], scores.Length / decisions, decisions);
        return new Prediction(source, scores.ToArray(), classes, decisions > 1 ? null : ProbabilitiesOf(model, scores));
    }

    private static float[]? ProbabilitiesOf(Model model, ReadOnlySpan<float> scores)
    {
        var probabilities = new float[scores.Length];
        switch (model.Loss.Meaning)
        {
            case ScoreMeaning.Softmax:
                Softmax.Rows(scores.Length, scores, probabilities, []);
                return probabilities;
            case ScoreMeaning.Logistic:
                Elementwise.Sigmoid(scores, probabilities);
                return model.Target is ClassTarget && scores.Length == 1 ? [1 - probabilities[0], probabilities[0]] : probabilities;
            default:
                return null;
        }
    }
}
