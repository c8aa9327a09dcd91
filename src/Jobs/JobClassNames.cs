using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>What the classes of a job's data are called.</summary>
public static class JobClassNames
{
    /// <summary>In class order: the labels of a CSV file, the sub-folders of a folder of images; null where the data has numbers only, or the
    /// job's target is another one.</summary>
    /// <exception cref="DataException">The data is missing or wrong.</exception>
    public static IReadOnlyList<string>? ClassNames(this Job job, PrepareOptions options) => job.Target == TargetSource.Features
        ? null
        : job.Data.ClassNames(new DataPlaces(Path.GetFullPath(options.BaseFolder), options.DataFolder));
}
