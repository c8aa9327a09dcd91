using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>What columns and classes of a job's data are called.</summary>
public static class JobNames
{
    /// <exception cref="DataException">The data is missing or wrong.</exception>
    public static DataNames Names(this Job job, PrepareOptions options)
    {
        var names = job.Data.Names(new DataPlaces(Path.GetFullPath(options.BaseFolder), options.DataFolder));
        return job.Target == TargetSource.Features ? names with { Classes = [] } : names;
    }
}
