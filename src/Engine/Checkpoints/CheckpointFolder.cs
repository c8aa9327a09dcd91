using System.Globalization;

namespace Distributed.Engine.Checkpoints;

/// <summary>A file that could not be used or removed, and why: to be shown to the user.</summary>
public sealed record CheckpointWarning(string Path, string Reason);

/// <param name="Warnings">Old files that could not be removed; the new one is whole all the same.</param>
public sealed record CheckpointSaved(string Path, IReadOnlyList<CheckpointWarning> Warnings);

/// <param name="Checkpoint">null: there is none that can be used.</param>
/// <param name="Skipped">Newer files that are torn or damaged.</param>
public sealed record CheckpointFound(Checkpoint? Checkpoint, IReadOnlyList<CheckpointWarning> Skipped);

/// <summary>The checkpoints of one run: step-00001234.safetensors, the last few of them, and best.safetensors beside them.</summary>
/// <remarks>
/// A checkpoint is written aside, flushed to the disk and renamed; older ones are deleted only then. So at every moment there is a
/// whole one, once there has been one. One writer at a time. The best is for use, not for going on: <see cref="Latest"/> never takes it.
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

    /// <summary>Where the best epoch's checkpoint goes.</summary>
    public string BestFile => System.IO.Path.Combine(Path, "best" + Suffix);

    /// <summary>Where the checkpoint of a step goes.</summary>
    public string FileOf(long step) =>
        System.IO.Path.Combine(Path, Prefix + step.ToString("D8", CultureInfo.InvariantCulture) + Suffix);

    /// <summary>Writes the checkpoint, deletes what is older than the last <see cref="Keep"/> and what a stopped writer left.</summary>
    /// <remarks>Files of later steps are left alone.</remarks>
    /// <exception cref="CheckpointException">The disk refuses; the checkpoints before are as they were.</exception>
    public CheckpointSaved Save(Checkpoint checkpoint)
    {
        var path = FileOf(checkpoint.Progress.Step);
        var (tensors, metadata) = CheckpointFormat.Write(checkpoint);
        var warnings = new List<CheckpointWarning>();
        Make();
        foreach (var leftover in Files(Suffix + WholeFile.TemporarySuffix)) Delete(leftover, warnings);
        WholeFile.Write(path, stream => SafeTensorsFile.Write(stream, tensors, metadata), _storage);
        foreach (var (_, old) in Steps().Where(file => file.Step < checkpoint.Progress.Step).Skip(Keep - 1)) Delete(old, warnings);
        return new CheckpointSaved(path, warnings);
    }

    /// <summary>Writes the checkpoint as the best one, in place of the best before.</summary>
    /// <exception cref="CheckpointException">The disk refuses; the best before is as it was.</exception>
    public string SaveBest(Checkpoint checkpoint)
    {
        var (tensors, metadata) = CheckpointFormat.Write(checkpoint);
        Make();
        WholeFile.Write(BestFile, stream => SafeTensorsFile.Write(stream, tensors, metadata), _storage);
        return BestFile;
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
        foreach (var path in Files(Suffix))
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

    private IReadOnlyList<string> Files(string suffix)
    {
        try
        {
            return _storage.Files(Path, Prefix, suffix);
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
