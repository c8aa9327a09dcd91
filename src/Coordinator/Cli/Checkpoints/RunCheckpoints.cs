using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Running;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Training;
using Distributed.Jobs;
using Distributed.Worker;
using Distributed.Worker.Cli;
using Checkpoint = Distributed.Engine.Checkpoints.Checkpoint;

namespace Distributed.Coordinator.Cli.Checkpoints;

/// <summary>How a run comes to its checkpoints.</summary>
internal enum CheckpointUse
{
    /// <summary>A new run: there must be none yet.</summary>
    Begin,

    /// <summary>It goes on from the latest: there must be one.</summary>
    Resume,

    /// <summary>It stands by for the run that writes them: there may be some.</summary>
    StandBy,
}

/// <summary>The checkpoints of a run: where they go, the claim to lead it, and the one it goes on from.</summary>
internal sealed class RunCheckpoints
{
    /// <summary>Keys that are named where a job is another one.</summary>
    private const int MaxNamed = 4;

    private readonly CheckpointFolder _folder;
    private readonly CheckpointUse _use;
    private readonly Job _job;
    private readonly Notes _notes;
    private Checkpoint? _latest;

    private RunCheckpoints(CheckpointFolder folder, CheckpointUse use, Job job, Notes notes, Checkpoint? latest) =>
        (_folder, _use, _job, _notes, _latest) = (folder, use, job, notes, latest);

    /// <summary>Checks all that can be checked before the data is there. Claims nothing.</summary>
    /// <param name="keep">How many are kept.</param>
    /// <exception cref="UserException">The folder cannot be used, or its latest checkpoint is of another job.</exception>
    public static RunCheckpoints Open(string path, Job job, CheckpointUse use, int keep, Notes notes)
    {
        if (File.Exists(path)) throw new UserException($"--checkpoints {path} is a file; a folder is wanted");
        var folder = new CheckpointFolder(path, keep);
        var found = folder.Latest();
        if (use == CheckpointUse.Begin)
        {
            if (found.Checkpoint is { } there)
                throw new UserException($"{path} holds checkpoints already, the latest of step {there.Progress.Step}"
                    + WhatToDo(folder.Standing()));
            if (File.Exists(folder.BestFile))
                throw new UserException($"{path} holds the best checkpoint of another run: give another folder, or move {folder.BestFile} away");
        }
        else
        {
            foreach (var skipped in found.Skipped) notes.Add($"skipped a checkpoint: {skipped.Reason}", NoteKind.Warning);
        }
        if (use == CheckpointUse.Resume && found.Checkpoint is null)
            throw new UserException(found.Skipped.Count == 0
                ? $"--resume: there is no checkpoint in {path}"
                : $"--resume: there is no whole checkpoint in {path}: {string.Join("; ", found.Skipped.Select(skipped => skipped.Reason))}");
        if (found.Checkpoint is { } latest) CheckJob(latest, job, use);
        CheckWritable(path);
        return new RunCheckpoints(folder, use, job, notes, found.Checkpoint);
    }

    /// <summary>Claims the next term: from now on a coordinator that led before writes no more.</summary>
    /// <exception cref="CheckpointException">The disk refuses.</exception>
    public TermClaim Claim(string claimant) => _folder.Claim(claimant);

    public TermClaim Standing() => _folder.Standing();

    public (bool Claimed, TermClaim Claim) TryClaim(string claimant, long stands) => _folder.TryClaim(claimant, stands);

    public ICheckpointStore Store(LoadedJob job) => new FileCheckpointStore(_folder, _job.ToYaml(), job, _notes);

    /// <summary>The best checkpoint and its epoch, for the summary; null where there is none.</summary>
    public string? Best(TrainingSetup setup, IReadOnlyList<EpochResult> epochs) =>
        setup.KeepsBest && epochs.Count > 0 && File.Exists(_folder.BestFile)
            ? $"{_folder.BestFile} (epoch {BestSoFar.Of(setup).Add(epochs).Epoch + 1})"
            : null;

    /// <summary>Where the run goes on from. To be called after the claim: whoever led before may have written one more until
    /// then.</summary>
    /// <returns>Null: the run begins anew.</returns>
    /// <exception cref="UserException">The job or the data is not that of the checkpoint.</exception>
    /// <exception cref="CheckpointException">The checkpoint is of another model, or the disk refuses.</exception>
    public RunSnapshot? Resume(LoadedJob job)
    {
        if (_use == CheckpointUse.Begin) return null;
        if (_folder.NewestStep != _latest?.Progress.Step)
        {
            var found = _folder.Latest();
            foreach (var skipped in found.Skipped) _notes.Add($"skipped a checkpoint: {skipped.Reason}", NoteKind.Warning);
            if (found.Checkpoint is { } newer) CheckJob(newer, _job, _use);
            _latest = found.Checkpoint;
        }
        if (_latest is null) return null;
        var fingerprint = Convert.ToHexStringLower(job.DataFingerprint);
        if (_latest.DataFingerprint != fingerprint)
            throw new UserException($"{Option(_use)}: {_latest.Path} was trained on other data (fingerprint {_latest.DataFingerprint[..12]}, "
                + $"this data's is {fingerprint[..12]}): give it the same files");
        var fitted = _latest.Fit(job.Setup.Model.Parameters, job.Setup.Optimizer);
        _notes.Add($"going on from {_latest.Path}: step {fitted.Progress.Step} of {job.Setup.TotalSteps}");
        return FileCheckpointStore.ToSnapshot(fitted, job.Setup);
    }

    /// <summary>Discards what is later than a step, and goes on from the newest that is left. To be called after the claim.</summary>
    /// <returns>Null: the run begins anew.</returns>
    /// <exception cref="CheckpointException">The disk refuses.</exception>
    public RunSnapshot? GoBack(long step, LoadedJob job)
    {
        foreach (var warning in _folder.DiscardAfter(step)) _notes.Add(warning.Reason, NoteKind.Warning);
        return _folder.Latest().Checkpoint is { } left
            ? FileCheckpointStore.ToSnapshot(left.Fit(job.Setup.Model.Parameters, job.Setup.Optimizer), job.Setup)
            : null;
    }

    /// <summary>Whether somebody leads the run whose checkpoints are there can be told of processes of this machine only.</summary>
    private static string WhatToDo(TermClaim stands) => Claimants.IsRunning(stands) switch
    {
        true => $", and {stands.Claimant} leads the run now (term {stands.Term}): stand by for it with coordinator --standby, "
            + "take its place with --resume, or give another folder",
        false => ": go on from it with --resume, or give another folder",
        null => $", and {stands.Claimant} was the last to lead the run (term {stands.Term}): if it does so no more, go on with --resume; "
            + "else stand by for it with coordinator --standby, or give another folder",
    };

    private static void CheckJob(Checkpoint latest, Job job, CheckpointUse use)
    {
        var fingerprint = Convert.ToHexStringLower(job.Fingerprint);
        if (latest.JobFingerprint == fingerprint || (use == CheckpointUse.Resume && SkipsFromHere(latest, job))) return;
        throw new UserException($"{Option(use)}: {latest.Path} is of another job: {Differences(latest, job)}; "
            + $"what decides the answer must be the same: `inspect {latest.Path}` shows its job");
    }

    /// <summary>The keys that differ; the fingerprints where the checkpoint's job cannot be read any more.</summary>
    private static string Differences(Checkpoint latest, Job job)
    {
        var there = JobReader.Read(latest.JobText, latest.Path ?? "checkpoint").Job;
        var differences = there is null ? [] : JobDifferences.Between(job, there);
        if (differences.Count == 0)
            return $"its fingerprint is {latest.JobFingerprint[..12]}, this job's {Convert.ToHexStringLower(job.Fingerprint)[..12]}";
        return string.Join(", ", differences.Take(MaxNamed).Select(key => $"{key.Path} is {key.Here} here and {key.There} there"))
            + (differences.Count > MaxNamed ? $", and {differences.Count - MaxNamed} more differ" : "");
    }

    /// <summary>Whether the checkpoint is of the same job but for <c>on_nan: stop</c>: up to there nothing was to be skipped, so it is one of
    /// this job as well.</summary>
    private static bool SkipsFromHere(Checkpoint latest, Job job) =>
        job.OnNan == NonFinitePolicy.Skip
        && latest.JobFingerprint == Convert.ToHexStringLower((job with { OnNan = NonFinitePolicy.Stop }).Fingerprint);

    private static string Option(CheckpointUse use) => use == CheckpointUse.StandBy ? "--standby" : "--resume";

    /// <summary>Tries to write where the folder is, or will be.</summary>
    private static void CheckWritable(string path)
    {
        var folder = new DirectoryInfo(path);
        while (!folder.Exists && folder.Parent is { } parent)
        {
            if (File.Exists(folder.FullName)) throw new UserException($"--checkpoints {path}: {folder.FullName} is a file; a folder is wanted");
            folder = parent;
        }
        var probe = Path.Combine(folder.FullName, $".distributed-{Environment.ProcessId}");
        try
        {
            File.Create(probe).Dispose();
            File.Delete(probe);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"--checkpoints {path}: nothing can be written there: {wrong.Message}", wrong);
        }
    }
}
