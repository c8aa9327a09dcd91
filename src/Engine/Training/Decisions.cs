using Distributed.Engine.Data;

namespace Distributed.Engine.Training;

/// <summary>What a model decides from its scores, and how often that is right.</summary>
/// <remarks><code>
/// one of C classes, scores [C]       the class of the largest score, the first where several are equal
/// one of 2 classes, score [1]        class 1 where the score is above 0
/// a class a pixel, scores [C, h, w]  for each pixel the class of the largest score: h·w decisions a sample
/// numbers                            nothing is decided
/// </code></remarks>
public static class Decisions
{
    /// <summary>Decisions for each sample; 0: nothing is decided, so there is no accuracy.</summary>
    public static int PerSample(Target target) => target switch
    {
        ClassTarget => 1,
        ClassMapTarget map => map.Height * map.Width,
        _ => 0,
    };

    /// <summary>Right decisions / all decisions, 0..1; null where nothing is decided.</summary>
    public static double? Accuracy(Target target, in LossSum sum) =>
        PerSample(target) == 0 || sum.Samples == 0 ? null : (double)sum.Correct / ((double)sum.Samples * PerSample(target));

    /// <summary>The decided class, from the scores of one decision that lie <paramref name="step"/> elements apart.</summary>
    /// <param name="scores">Begins with the score of class 0.</param>
    public static int Class(ReadOnlySpan<float> scores, int classes, int step = 1)
    {
        if (classes == 1) return scores[0] > 0 ? 1 : 0;
        var best = 0;
        for (var c = 1; c < classes; c++)
            if (scores[c * step] > scores[best * step]) best = c;
        return best;
    }

    /// <summary>Right decisions on one sample.</summary>
    /// <param name="scores">The model's output for it.</param>
    /// <param name="raw">Its target as the data set writes it.</param>
    public static int Correct(Target target, ReadOnlySpan<float> scores, ReadOnlySpan<float> raw)
    {
        var decisions = PerSample(target);
        if (decisions == 0) return 0;
        var classes = scores.Length / decisions;
        var correct = 0;
        for (var i = 0; i < decisions; i++)
            if (Class(scores[i..], classes, decisions) == (int)raw[i]) correct++;
        return correct;
    }
}
