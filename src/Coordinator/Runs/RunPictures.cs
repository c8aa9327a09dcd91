using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Engine.Images;
using Distributed.Engine.Inspection;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Runs;

/// <summary>What can be seen of a model's weights, and told of a run's curves.</summary>
internal static class RunPictures
{
    public const string Filters = "filters", Regions = "regions";

    /// <summary>More filters than these nobody looks at.</summary>
    private const int MostFilters = 64;

    /// <summary>Which pictures a model has.</summary>
    public static IReadOnlyList<string> Of(TrainingSetup? setup) => setup switch
    {
        null => [],
        { Train.SampleShape.SampleElements: 2, Model.Target: ClassTarget } => [Regions],
        { Train.SampleShape.Rank: 3 } => [Filters],
        _ => [],
    };

    /// <returns>Null: there is no such picture of this model.</returns>
    public static RunPicture? Draw(string picture, TrainingSetup setup, float[] weights, long step) => Of(setup).Contains(picture) && Draw(setup, weights, picture) is { } image
        ? new RunPicture(picture, step, image.Width, image.Height, image.Channels, Png.Encode(image))
        : null;

    private static Image? Draw(TrainingSetup setup, float[] weights, string picture)
    {
        if (picture == Regions) return DecisionRegions.Draw(setup.Model, weights, setup.Test ?? setup.Train, side: 256);
        foreach (var layer in setup.Model.Graph.Layers)
            if (TensorPictures.Filters(layer, weights, setup.Train.SampleShape, MostFilters) is { } filters) return filters;
        return null;
    }

    public static IReadOnlyList<string> Diagnose(IReadOnlyList<EpochLine> epochs) => epochs.Count == 0 ? []
        : [.. Diagnosis.Of([.. epochs.Select(epoch => new EpochResult(epoch.Epoch - 1, epoch.TrainLoss ?? double.NaN, epoch.TrainAccuracy, epoch.TestLoss, epoch.TestAccuracy))])
            .Select(found => found.Sentence)];
}

/// <summary>A picture of a step's weights, as a PNG file.</summary>
internal sealed record RunPicture(string Name, long Step, int Width, int Height, int Channels, byte[] Png);
