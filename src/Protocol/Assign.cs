namespace Distributed.Protocol;

public sealed partial class Assign : ReusedMessage<Assign>
{
    /// <summary>Ranges of former uses, for the next ones: as many as there were at once.</summary>
    private readonly List<Range> _kept = [];

    public void AddRange(int first, int count)
    {
        var range = Ranges.Count < _kept.Count ? _kept[Ranges.Count] : new Range();
        range.Set(first, count);
        Ranges.Add(range);
    }

    protected override bool TryClear()
    {
        if (Ranges.Count > MostEntries)
        {
            return false;
        }

        for (var i = _kept.Count; i < Ranges.Count; i++)
        {
            _kept.Add(Ranges[i]);
        }

        Ranges.Clear();
        (Step, Epoch, Batch, Session, Audit) = (0, 0, 0, 0, false);
        return true;
    }
}
