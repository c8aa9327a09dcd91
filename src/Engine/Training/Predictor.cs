using Distributed.Engine.Graphs;

namespace Distributed.Engine.Training;

/// <summary>What a trained model says of samples, as in evaluation. One thread at a time.</summary>
/// <param name="weights">The flat vector of the model's parameters; kept, so the caller changes it no more.</param>
/// <param name="maxSamples">Samples of one pass at most; at least 1.</param>
public sealed class Predictor(Model model, ReadOnlyMemory<float> weights, int maxSamples = Predictor.DefaultSamples)
{
    public const int DefaultSamples = 64;

    private readonly Executor<float> _executor = new(model.Graph, model.Scores, maxSamples, keepGradients: false, wanted: []);

    public int MaxSamples => maxSamples;

    /// <summary>The scores of samples, one after another: <see cref="Model.Scores"/>. Valid until the next call.</summary>
    /// <param name="features">Of 1 to <see cref="MaxSamples"/> samples, [n, a sample's extents], scaled as the model was trained.</param>
    /// <exception cref="ArgumentException">The features are not those of so many samples.</exception>
    public ReadOnlySpan<float> Scores(ReadOnlySpan<float> features)
    {
        var width = model.Features.Shape.SampleElements;
        if (features.IsEmpty || features.Length % width != 0 || features.Length / width > maxSamples)
            throw new ArgumentException($"1 to {maxSamples} samples of {width} features are wanted, got {features.Length} features", nameof(features));
        var samples = features.Length / width;
        features.CopyTo(_executor.Input(model.Features, samples));
        _executor.Forward(weights, samples);
        return _executor.Values(model.Scores);
    }
}
