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

    /// <summary>Which pictures a model has.</summary>
    public static IReadOnlyList<string> Of(TrainingSetup? setup) => setup switch
    {
        null => [],
        { Train.SampleShape.SampleElements: 2, Model.Target: ClassTarget } => [Regions],
        { Train.SampleShape.Rank: 3 } => [Filters],
        _ => [],
    };

    /// <returns>Null: there is no such picture of this model.</returns>
    public static Image? Draw(string picture, TrainingSetup setup, float[] weights)
    {
        if (!Of(setup).Contains(picture)) return null;
        if (picture == Regions) return DecisionRegions.Draw(setup.Model, weights, setup.Test ?? setup.Train, side: 256);
        foreach (var layer in setup.Model.Graph.Layers)
            if (TensorPictures.Filters(layer, weights, setup.Train.SampleShape) is { } filters) return filters;
        return null;
    }

    public static IReadOnlyList<string> Diagnose(IReadOnlyList<EpochLine> epochs) => epochs.Count == 0 ? []
        : [.. Diagnosis.Of([.. epochs.Select(epoch => new EpochResult(epoch.Epoch - 1, epoch.TrainLoss ?? double.NaN, epoch.TrainAccuracy, epoch.TestLoss, epoch.TestAccuracy))])
            .Select(found => found.Sentence)];
}
