using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Engine.Checkpoints;

namespace Distributed.Coordinator.Standby;

/// <summary>What a standby needs to know.</summary>
/// <param name="Coordinators">Who may lead the run: the primary, and other standbys.</param>
/// <param name="Name">Of this one, for displays: host/pid.</param>
/// <param name="JobFingerprint">32 bytes.</param>
/// <param name="DataFingerprint">32 bytes.</param>
/// <param name="TakeoverAfter">How long nobody may have led before this one does.</param>
/// <param name="OnEnd">Told once, when it stops standing by. Must not block.</param>
public sealed record StandbyOptions(IReadOnlyList<ActorRef> Coordinators, string Name, byte[] JobFingerprint, byte[] DataFingerprint,
    TimeSpan TakeoverAfter, ITakeover Takeover, Action<StandbyEnd> OnEnd)
{
    /// <summary>Told what the user may want to know, as a sentence. Must not block.</summary>
    public Action<string> Tell { get; init; } = _ => { };
}

/// <summary>The way to the lead of a run. Called beside the mailbox, one call at a time: may block on a disk.</summary>
public interface ITakeover
{
    /// <summary>The claim that stands.</summary>
    /// <exception cref="IOException">The disk refuses. The message is a sentence.</exception>
    TermClaim Standing();

    /// <summary>Claims the term after <paramref name="stands"/>, unless another one stands by now.</summary>
    /// <returns>Whether it was claimed; and the claim that stands, ours or the other's.</returns>
    /// <exception cref="IOException">As <see cref="Standing"/>; nothing was claimed.</exception>
    (bool Claimed, TermClaim Claim) TryClaim(long stands);

    /// <summary>The run from its newest whole checkpoint on, or from its beginning where there is none. Called after the claim,
    /// so that no former coordinator writes another one behind it.</summary>
    /// <exception cref="IOException">As <see cref="Standing"/>.</exception>
    RunOptions Load(TermClaim claim);
}

/// <summary>Why a standby no longer stands by.</summary>
public enum StandbyOutcome
{
    /// <summary>It has claimed the next term and is to lead the run.</summary>
    Leads,

    /// <summary>The run is over.</summary>
    Finished,

    /// <summary>The coordinator wants none of this job or data.</summary>
    Refused,

    /// <summary>The user asked for it.</summary>
    Stopped,

    /// <summary>A fault.</summary>
    Failed,
}

/// <param name="Reason">A sentence.</param>
/// <param name="Run">What to lead; null unless it <see cref="StandbyOutcome.Leads"/>.</param>
public sealed record StandbyEnd(StandbyOutcome Outcome, string Reason, RunOptions? Run = null);
