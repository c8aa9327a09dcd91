namespace Distributed.Protocol;

/// <remarks>Its runs of shards are plain numbers in the order of the wire: reading them makes no objects.</remarks>
public sealed partial class Assign : ReusedMessage<Assign>
{
    /// <summary>Entries of <see cref="Runs"/> for one run: its first shard and its number of shards.</summary>
    internal const int EntriesOfRun = 2;

    public int RunCount => Runs.Count / EntriesOfRun;

    /// <param name="index">0 to <see cref="RunCount"/> - 1.</param>
    public (uint First, uint Count) Run(int index) => (Runs[EntriesOfRun * index], Runs[EntriesOfRun * index + 1]);

    public void AddRange(int first, int count)
    {
        Runs.Add((uint)first);
        Runs.Add((uint)count);
    }

    protected override bool TryClear()
    {
        if (RunCount > MostEntries)
        {
            return false;
        }

        Runs.Clear();
        (Step, Epoch, Batch, Session, Audit) = (0, 0, 0, 0, false);
        return true;
    }
}
