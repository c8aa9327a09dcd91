using System.Globalization;
using Distributed.Engine.Data;
using Distributed.Engine.Losses;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Cli.Predictions;

/// <summary>Predictions as rows of text, the first one naming the columns.</summary>
/// <remarks><code>
/// classes, no top    sample, class, then the probability (else the score) of every class; one score for two classes is one column
/// classes, top K     sample, then class and probability (else score) K times, the largest first
/// classes a pixel    sample, then for every class its share of the pixels
/// numbers            sample, then every output (where the loss makes probabilities of them, those)
/// </code></remarks>
/// <param name="names">Of the classes; empty: their numbers.</param>
/// <param name="top">How many classes, the largest first; null: all, in their order.</param>
/// <param name="format">Of a number.</param>
internal sealed class PredictionTable(Model model, IReadOnlyList<string> names, int? top, string format)
{
    public IEnumerable<string[]> Rows(IEnumerable<Prediction> predictions) => predictions.Select(Row).Prepend(Header());

    private string[] Header() => model.Target switch
    {
        ClassTarget when top is { } count => ["sample", .. Enumerable.Range(1, Math.Min(count, Count))
            .SelectMany(place => (string[])[Placed("class", place), Placed(Measure, place)])],
        ClassTarget => ["sample", "class", .. Enumerable.Range(0, Count).Select(one => Measured(one))],
        ClassMapTarget map => ["sample", .. Enumerable.Range(0, map.Classes).Select(one => $"pixels {Name(one)}")],
        _ => ["sample", .. Enumerable.Range(0, model.Scores.Shape.SampleElements).Select(one => string.Create(CultureInfo.InvariantCulture, $"{Output} {one}"))],
    };

    private string[] Row(Prediction prediction) => model.Target switch
    {
        ClassTarget when top is { } count => [prediction.Source, .. Ranked(prediction).Take(count).SelectMany(one => (string[])[Name(one), Number(Of(prediction, one))])],
        ClassTarget => [prediction.Source, Name(prediction.Classes[0]), .. Enumerable.Range(0, Count).Select(one => Number(Of(prediction, one)))],
        ClassMapTarget map => [prediction.Source, .. Enumerable.Range(0, map.Classes)
            .Select(one => Number((float)prediction.Classes.Count(other => other == one) / prediction.Classes.Length))],
        _ => [prediction.Source, .. (prediction.Probabilities ?? prediction.Scores).Select(Number)],
    };

    /// <summary>Columns of classes: where one score tells two apart and is no probability, there is that one.</summary>
    private int Count => model.Loss.Meaning == ScoreMeaning.Plain ? model.Scores.Shape.SampleElements : model.Target.Classes;

    private string Measure => model.Loss.Meaning == ScoreMeaning.Plain ? "score" : "probability";

    private string Measured(int one) => model.Loss.Meaning != ScoreMeaning.Plain ? $"P({Name(one)})" : Count == 1 ? "score" : $"score {Name(one)}";

    private string Output => model.Loss.Meaning == ScoreMeaning.Logistic ? "probability" : "output";

    /// <summary>The classes, the most probable first; of equal ones the first.</summary>
    public static IEnumerable<int> Ranked(Prediction prediction)
    {
        var measures = prediction.Probabilities ?? prediction.Scores;
        return measures.Length == 1 ? prediction.Classes : Enumerable.Range(0, measures.Length).OrderByDescending(one => measures[one]);
    }

    public static float Of(Prediction prediction, int one)
    {
        var measures = prediction.Probabilities ?? prediction.Scores;
        return measures[Math.Min(one, measures.Length - 1)];
    }

    public string Name(int one) => names.Count > 0 ? names[one] : one.ToString(CultureInfo.InvariantCulture);

    private string Number(float number) => number.ToString(format, CultureInfo.InvariantCulture);

    private static string Placed(string what, int place) => place == 1 ? what : string.Create(CultureInfo.InvariantCulture, $"{what} {place}");
}
