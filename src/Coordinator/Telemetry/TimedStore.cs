using Distributed.Coordinator.Running;

namespace Distributed.Coordinator.Telemetry;

/// <summary>Tells how long each checkpoint took to write.</summary>
/// <param name="written">The step, when writing began, and what went wrong; called where the store is.</param>
internal sealed class TimedStore(ICheckpointStore store, TimeProvider time, Action<long, DateTimeOffset, string?> written) : ICheckpointStore
{
    public string Save(RunSnapshot snapshot)
    {
        var begun = time.GetUtcNow();
        try
        {
            var path = store.Save(snapshot);
            written(snapshot.Step, begun, null);
            return path;
        }
        catch (Exception wrong)
        {
            written(snapshot.Step, begun, wrong.Message);
            throw;
        }
    }

    public void SaveBest(RunSnapshot snapshot) => store.SaveBest(snapshot);

    public void CheckTerm() => store.CheckTerm();
}
