namespace Distributed.Engine.Checkpoints;

/// <summary>A coordinator's claim to lead the run whose checkpoints lie in a folder.</summary>
/// <param name="Term">From 1, each claim's one higher than the last; 0: nobody has claimed yet.</param>
/// <param name="Claimant">Who, for the user: host and process.</param>
public sealed record TermClaim(long Term, string Claimant)
{
    public static TermClaim None { get; } = new(0, "nobody");

    public override string ToString() => $"term {Term} of {Claimant}";
}

/// <summary>Someone else leads the run by now, so nothing was written. Whoever meets it stands down.</summary>
/// <param name="by">The claim that stands.</param>
/// <param name="term">The term that was to write.</param>
public sealed class DeposedException(TermClaim by, long term)
    : Exception($"{by.Claimant} has claimed term {by.Term} of this run and leads it now; this one's is term {term}")
{
    public TermClaim By { get; } = by;

    public long Term { get; } = term;
}
