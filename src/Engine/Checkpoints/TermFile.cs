using System.Globalization;

namespace Distributed.Engine.Checkpoints;

/// <summary>Who leads the run whose checkpoints lie in a folder: the file <c>term</c>, as in <c>2 host/1234</c>, and the lock
/// beside it.</summary>
/// <remarks>
/// <code>
/// claim      lock · read t · write t + 1 aside, flush, rename · unlock
/// commit     write and flush aside · lock · read t · refuse if t is higher than ours · rename · unlock
/// </code>
/// Both happen under one exclusive lock, so of two that race for a term one gets it, and after a claim has returned no lower
/// term's file comes under its name. The lock is held for a claim or a rename only, never while a checkpoint is written: a
/// process that hangs does so outside of it, but for an instant. One that hangs within keeps the folder locked until it goes on
/// or ends; then nobody can claim, and nobody commits.
/// <para>What is relied on: the file system gives an exclusive lock (flock; Windows: a file opened without sharing) to one
/// process at a time, on whatever host, and gives it back when its holder ends; a rename is atomic; and a file is read as it is
/// after the last rename. Local disks do so, and NFS 4 where locks are not made local by a mount option. One lock given twice to
/// this process is noticed and refused; that two hosts do not see each other's locks cannot be noticed from one of them.</para>
/// </remarks>
public sealed class TermFile
{
    public const string FileName = "term", LockName = "term.lock";

    /// <summary>Characters of a claimant's name at most.</summary>
    public const int MaxClaimant = 256;

    /// <summary>How long to wait for a lock that another holds, which should be for milliseconds.</summary>
    public static readonly TimeSpan DefaultLockPatience = TimeSpan.FromSeconds(2);

    private readonly ICheckpointStorage _storage;
    private readonly string _folder;

    /// <param name="folder">Need not exist.</param>
    /// <param name="storage">Null: this machine's disk.</param>
    public TermFile(string folder, ICheckpointStorage? storage = null) => (_folder, _storage) = (folder, storage ?? DiskStorage.Instance);

    public TimeSpan LockPatience { get; init; } = DefaultLockPatience;

    private string File => Path.Combine(_folder, FileName);

    private string LockFile => Path.Combine(_folder, LockName);

    /// <summary>The claim that stands.</summary>
    /// <exception cref="CheckpointException">The file cannot be read, or is not one of ours.</exception>
    public TermClaim Read()
    {
        if (WholeFile.ReadText(File, _storage) is not { } text) return TermClaim.None;
        var blank = text.IndexOf(' ');
        return blank > 0 && text.EndsWith('\n')
            && long.TryParse(text.AsSpan(0, blank), NumberStyles.None, CultureInfo.InvariantCulture, out var term) && term > 0
                ? new TermClaim(term, text[(blank + 1)..^1])
                : throw new CheckpointException($"{File}: a term and its claimant are wanted, as in \"2 host/1234\", "
                    + $"got \"{text[..Math.Min(text.Length, 80)]}\"");
    }

    /// <summary>Claims the term after the one that stands.</summary>
    /// <param name="claimant">One line, at most <see cref="MaxClaimant"/> characters.</param>
    /// <exception cref="CheckpointException">The disk refuses, or another holds the lock longer than <see
    /// cref="LockPatience"/>.</exception>
    public TermClaim Claim(string claimant) => Claim(claimant, null).Claim;

    /// <summary>Claims the term after <paramref name="stands"/>, unless another one stands by now.</summary>
    /// <returns>Whether it was claimed; and the claim that stands, ours or the other's.</returns>
    /// <exception cref="CheckpointException">As <see cref="Claim(string)"/>.</exception>
    public (bool Claimed, TermClaim Claim) TryClaim(string claimant, long stands) => Claim(claimant, stands);

    /// <summary>Does something under the lock, unless a higher term than ours stands.</summary>
    /// <exception cref="DeposedException">It does: nothing was done.</exception>
    /// <exception cref="CheckpointException">Another holds the lock longer than <see cref="LockPatience"/>.</exception>
    public void Reigning(long term, Action act)
    {
        using var held = Lock();
        Check(term);
        act();
    }

    /// <summary>Checks without the lock: good for not beginning what would be refused.</summary>
    /// <exception cref="DeposedException">A higher term than ours stands.</exception>
    public void Check(long term)
    {
        if (Read() is { } stands && stands.Term > term) throw new DeposedException(stands, term);
    }

    private (bool Claimed, TermClaim Claim) Claim(string claimant, long? expected)
    {
        if (claimant.Length is 0 or > MaxClaimant || claimant.Any(char.IsControl))
            throw new ArgumentException($"a claimant is one line of 1 to {MaxClaimant} characters, got \"{claimant}\"", nameof(claimant));
        using var held = Lock();
        if (_storage.TryLock(LockFile) is { } twice)
        {
            twice.Dispose();
            throw new CheckpointException($"{LockFile}: this file system gives an exclusive lock twice, so two coordinators could "
                + "lead one run: keep the checkpoints on one that has locks");
        }
        var stands = Read();
        if (expected is { } wanted && stands.Term != wanted) return (false, stands);
        var claim = new TermClaim(stands.Term + 1, claimant);
        WholeFile.WriteText(File, string.Create(CultureInfo.InvariantCulture, $"{claim.Term} {claim.Claimant}\n"), _storage);
        return (true, claim);
    }

    private IDisposable Lock()
    {
        IDisposable? held = null;
        try
        {
            _storage.MakeFolder(_folder);
            SpinWait.SpinUntil(() => (held = _storage.TryLock(LockFile)) is not null, LockPatience);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{LockFile}: cannot be locked: {error.Message}", error);
        }
        return held ?? throw new CheckpointException(
            $"{LockFile}: another process holds it for longer than {LockPatience.TotalSeconds:0.#} s; it may hang, or have been stopped");
    }
}
