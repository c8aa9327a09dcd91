using Distributed.Coordinator.Running;

namespace Distributed.Simulations.Checkers;

/// <summary>A new term begins where the newest whole checkpoint stands, or at the beginning where there is none.</summary>
/// <remarks>Which files are whole is known from the disk, not from the program: a file is, from its rename on, unless the disk lost it.</remarks>
internal sealed class WholeCheckpoints : Checker
{
    private readonly SortedSet<long> _whole = [];

    public override string Property => "goes on from the newest whole checkpoint";

    public override void Written(long term, string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (name.StartsWith("step-", StringComparison.Ordinal)) _whole.Add(long.Parse(name["step-".Length..]));
    }

    public override void Begins(long term, RunSnapshot? resume)
    {
        // A file that was torn after an older one of the same name is no longer whole.
        _whole.RemoveWhere(step => !Run.Disk.IsWhole(Run.PathOf(step)));
        var wanted = _whole.Count == 0 ? 0 : _whole.Max;
        var begins = resume?.Step ?? 0;
        if (begins != wanted) Violate($"term {term} begins at step {begins}, the newest whole checkpoint is of step {wanted}");
    }
}
