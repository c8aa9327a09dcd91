using Distributed.Engine;
using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>Where a job's samples come from, how they are scaled, and what accuracy is measured on.</summary>
public abstract record DataSpec
{
    private protected DataSpec()
    {
    }

    /// <summary>How features are scaled; statistics are taken from the training part alone.</summary>
    public Scaling Scale { get; init; } = Scaling.None;

    /// <summary>What accuracy is measured on; null: nothing is measured.</summary>
    public abstract TestPart? Test { get; init; }

    /// <summary>Shape and target where they are known before anything is loaded.</summary>
    internal virtual (Shape Sample, Target Target)? Known => null;

    /// <exception cref="DataException">The data cannot be used.</exception>
    internal abstract DataPair Load(DataPlaces places);

    /// <summary>What columns and classes are called.</summary>
    /// <exception cref="DataException">The data cannot be used.</exception>
    internal virtual DataNames Names(DataPlaces places) => DataNames.None;

    /// <summary>The same data with every path absolute.</summary>
    internal virtual DataSpec Resolved(DataPlaces places) => this;

    /// <summary>Cuts or completes <paramref name="all"/> as <see cref="Test"/> says.</summary>
    /// <param name="own">Loads the test part that the data comes with; null: it has none.</param>
    /// <param name="draw">Draws new samples; null: the data is not generated.</param>
    private protected DataPair WithTest(StoredDataSet all, Func<StoredDataSet>? own, Func<FreshDraw, StoredDataSet>? draw)
    {
        switch (Test)
        {
            case null:
                return DataPair.Scaled(all, null, Scale);
            case TrainingPoints:
                var scaled = DataPair.Scaled(all, null, Scale);
                return new DataPair(scaled.Train, scaled.Train);
            case HeldOut held:
                return Split.ByFraction(all, held.Share, held.Seed, Scale);
            case FreshDraw fresh when draw is not null:
                return DataPair.Scaled(all, draw(fresh), Scale);
            case OwnTestPart or TestFile when own is not null:
                return DataPair.Scaled(all, own(), Scale);
            default:
                throw new DataException($"{GetType().Name} has no test part of the kind {Test.GetType().Name}");
        }
    }
}
