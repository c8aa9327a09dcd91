using Distributed.Coordinator.Running;

namespace Distributed.Coordinator.Runs;

/// <summary>Shows each snapshot to who takes the run down, on its way to the disk.</summary>
internal sealed class RecordingStore(ICheckpointStore store, Action<RunSnapshot> show) : ICheckpointStore
{
    public string Save(RunSnapshot snapshot)
    {
        show(snapshot);
        return store.Save(snapshot);
    }

    public void SaveBest(RunSnapshot snapshot) => store.SaveBest(snapshot);

    public void CheckTerm() => store.CheckTerm();
}
