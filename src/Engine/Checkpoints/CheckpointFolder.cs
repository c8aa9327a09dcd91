using System.Globalization;

namespace Distributed.Engine.Checkpoints;

/// <summary>A file that could not be used or removed, and why: to be shown to the user.</summary>
public sealed record CheckpointWarning(string Path, string Reason);

/// <param name="Warnings">Old files that could not be removed; the new one is whole all the same.</param>
public sealed record CheckpointSaved(string Path, IReadOnlyList<CheckpointWarning> Warnings);

/// <param name="Checkpoint">null: there is none that can be used.</param>
/// <param name="Skipped">Newer files that are torn or damaged.</param>
public sealed record CheckpointFound(Checkpoint? Checkpoint, IReadOnlyList<CheckpointWarning> Skipped);

/// <summary>The checkpoints of one run: step-00001234.safetensors, the last few of them, and best.safetensors beside
/// them.</summary>
/// <remarks>
/// A checkpoint is written aside, flushed to the disk and renamed; older ones are deleted only then. So at every moment there is
/// a whole one, once there has been one. The best is for use, not for going on: <see cref="Latest"/> never takes it.
/// <para>One coordinator writes at a time, that of the highest term (<see cref="TermFile"/>): who writes a run's checkpoints
/// claims a term first, and every rename checks, under the same lock as a claim, that it still stands. Files that are being
/// written carry their term in their names, so a deposed writer and its successor never touch each other's. A folder in which
/// nobody has claimed takes what it is given without asking.</para>
/// </remarks>
public sealed class CheckpointFolder
{
    public const int DefaultKeep = 3;

    private const string Prefix = "step-", Suffix = ".safetensors";
    private readonly ICheckpointStorage _storage;

    /// <param name="path">Need not exist.</param>
    /// <param name="keep">How many checkpoints are kept, at least 1.</param>
    /// <param name="storage">Null: this machine's disk.</param>
    public CheckpointFolder(string path, int keep = DefaultKeep, ICheckpointStorage? storage = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        (Path, Keep, _storage) = (path, keep, storage ?? DiskStorage.Instance);
    }

    public string Path { get; }

    public int Keep { get; }

    /// <summary>How long to wait for another who claims or renames at this moment.</summary>
    public TimeSpan LockPatience { get; init; } = TermFile.DefaultLockPatience;

    /// <summary>The term under which this object writes; 0: it has claimed none.</summary>
    public long Term { get; private set; }

    /// <summary>Where the best epoch's checkpoint goes.</summary>
    public string BestFile => System.IO.Path.Combine(Path, "best" + Suffix);

    /// <summary>Where the checkpoint of a step goes.</summary>
    public string FileOf(long step) =>
        System.IO.Path.Combine(Path, Prefix + step.ToString("D8", CultureInfo.InvariantCulture) + Suffix);

    /// <summary>Claims the next term: from now on nobody of a lower one writes here.</summary>
    /// <param name="claimant">For the user: host and process.</param>
    /// <exception cref="CheckpointException">The disk refuses, or another keeps the folder locked.</exception>
    public TermClaim Claim(string claimant)
    {
        var claim = Terms.Claim(claimant);
        Term = claim.Term;
        return claim;
    }

    /// <summary>Claims the term after <paramref name="stands"/>, unless another one stands by now.</summary>
    /// <returns>Whether it was claimed; and the claim that stands, ours or the other's.</returns>
    /// <exception cref="CheckpointException">As <see cref="Claim"/>.</exception>
    public (bool Claimed, TermClaim Claim) TryClaim(string claimant, long stands)
    {
        var (claimed, claim) = Terms.TryClaim(claimant, stands);
        if (claimed) Term = claim.Term;
        return (claimed, claim);
    }

    /// <summary>The claim that stands.</summary>
    /// <exception cref="CheckpointException">It cannot be read.</exception>
    public TermClaim Standing() => Terms.Read();

    /// <summary>Looks whether the term that this object has claimed still stands.</summary>
    /// <exception cref="DeposedException">It does not.</exception>
    /// <exception cref="CheckpointException">That cannot be read.</exception>
    public void CheckTerm() => Terms.Check(Term);

    /// <summary>Step of the newest file, whole or not; null: there is none.</summary>
    /// <exception cref="CheckpointException">The folder is there and cannot be listed.</exception>
    public long? NewestStep => Steps() is [var newest, ..] ? newest.Step : null;

    /// <summary>Writes the checkpoint, deletes what is older than the last <see cref="Keep"/> and what a stopped writer
    /// left.</summary>
    /// <remarks>Files of later steps are left alone.</remarks>
    /// <exception cref="CheckpointException">The disk refuses; the checkpoints before are as they were.</exception>
    /// <exception cref="DeposedException">A higher term stands; nothing was written.</exception>
    public CheckpointSaved Save(Checkpoint checkpoint)
    {
        var path = FileOf(checkpoint.Progress.Step);
        var warnings = new List<CheckpointWarning>();
        Write(path, checkpoint, warnings);
        foreach (var (_, old) in Steps().Where(file => file.Step < checkpoint.Progress.Step).Skip(Keep - 1)) Delete(old, warnings);
        return new CheckpointSaved(path, warnings);
    }

    /// <summary>Writes the checkpoint as the best one, in place of the best before.</summary>
    /// <exception cref="CheckpointException">The disk refuses; the best before is as it was.</exception>
    /// <exception cref="DeposedException">A higher term stands; nothing was written.</exception>
    public string SaveBest(Checkpoint checkpoint)
    {
        Write(BestFile, checkpoint, []);
        return BestFile;
    }

    /// <summary>Deletes what is of later steps than this one, the best checkpoint too: it cannot be trusted any more.</summary>
    /// <exception cref="CheckpointException">The folder cannot be listed, or the best one not be read.</exception>
    public IReadOnlyList<CheckpointWarning> DiscardAfter(long step)
    {
        var warnings = new List<CheckpointWarning>();
        foreach (var (_, later) in Steps().Where(file => file.Step > step)) Delete(later, warnings);
        if (File.Exists(BestFile) && Checkpoint.Load(BestFile, _storage).Progress.Step > step) Delete(BestFile, warnings);
        return warnings;
    }

    /// <summary>The newest checkpoint that is whole.</summary>
    /// <exception cref="CheckpointException">The folder is there and cannot be listed.</exception>
    public CheckpointFound Latest()
    {
        var skipped = new List<CheckpointWarning>();
        foreach (var (step, path) in Steps())
        {
            try
            {
                var checkpoint = Checkpoint.Load(path, _storage);
                if (checkpoint.Progress.Step == step) return new CheckpointFound(checkpoint, skipped);
                skipped.Add(new CheckpointWarning(path, $"{path}: named for step {step}, it is of step {checkpoint.Progress.Step}"));
            }
            catch (CheckpointException error)
            {
                skipped.Add(new CheckpointWarning(path, error.Message));
            }
        }
        return new CheckpointFound(null, skipped);
    }

    private TermFile Terms => new(Path, _storage) { LockPatience = LockPatience };

    private void Write(string path, Checkpoint checkpoint, List<CheckpointWarning> warnings)
    {
        CheckTerm();
        var (tensors, metadata) = CheckpointFormat.Write(checkpoint);
        Make();
        foreach (var leftover in Files("", WholeFile.TemporarySuffix).Where(IsLeftover)) Delete(leftover, warnings);
        WholeFile.Write(path, stream => SafeTensorsFile.Write(stream, tensors, metadata), _storage,
            Term == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $".{Term}"),
            Term == 0 ? null : rename => Terms.Reigning(Term, rename));
    }

    /// <summary>Whether a writer that was stopped has left it: step-00000012.safetensors.3.tmp, where 3 is its term. One of a
    /// higher term may be at work.</summary>
    private bool IsLeftover(string path)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(path);
        var term = System.IO.Path.GetExtension(name);
        if (term != Suffix) name = System.IO.Path.GetFileNameWithoutExtension(name);
        return name.EndsWith(Suffix, StringComparison.Ordinal)
            && (name.StartsWith(Prefix, StringComparison.Ordinal) || name == System.IO.Path.GetFileName(BestFile))
            && (term == Suffix
                || (long.TryParse(term.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var writer) && writer <= Term));
    }

    private void Make()
    {
        try
        {
            _storage.MakeFolder(Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{Path}: the folder cannot be made: {error.Message}", error);
        }
    }

    /// <summary>Finished files, the newest step first.</summary>
    private List<(long Step, string Path)> Steps()
    {
        var steps = new List<(long Step, string Path)>();
        foreach (var path in Files(Prefix, Suffix))
        {
            var name = System.IO.Path.GetFileName(path);
            var digits = name[Prefix.Length..^Suffix.Length];
            if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var step)
                && System.IO.Path.GetFileName(FileOf(step)) == name)
                steps.Add((step, path));
        }
        steps.Sort((left, right) => right.Step.CompareTo(left.Step));
        return steps;
    }

    private IReadOnlyList<string> Files(string prefix, string suffix)
    {
        try
        {
            return _storage.Files(Path, prefix, suffix);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{Path}: the folder cannot be listed: {error.Message}", error);
        }
    }

    private void Delete(string path, List<CheckpointWarning> warnings)
    {
        try
        {
            _storage.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            warnings.Add(new CheckpointWarning(path, $"{path}: cannot be removed: {error.Message}"));
        }
    }
}
