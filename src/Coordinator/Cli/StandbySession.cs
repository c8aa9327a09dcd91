using Distributed.Actors;
using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Coordinator.Cli.Clusters;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Standby;
using Distributed.Engine.Checkpoints;
using Distributed.Worker;

namespace Distributed.Coordinator.Cli;

/// <summary>The part of a run before a standby leads it, or ends without.</summary>
/// <param name="run">The run to lead, by the claim and what it goes on from.</param>
internal sealed class StandbySession(TrainRequest request, ICluster cluster, RunCheckpoints checkpoints, LoadedJob job,
    Func<TermClaim, RunSnapshot?, RunOptions> run, Notes notes) : ITakeover
{
    /// <param name="begun">Told who stands by, to be asked to stop.</param>
    public async Task<StandbyEnd> RunAsync(Action<ActorRef> begun)
    {
        notes.Add($"standing by for {string.Join(" or ", request.StandbyFor)}; takes over when nobody has led for "
            + $"{request.TakeoverAfter.TotalSeconds:0} s");
        var ended = new TaskCompletionSource<StandbyEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = new StandbyOptions([.. request.StandbyFor.Select(cluster.CoordinatorAt).Distinct()], cluster.Name, job.JobFingerprint,
            job.DataFingerprint, request.TakeoverAfter, this, end => ended.TrySetResult(end))
        {
            Tell = line => notes.Add(line, NoteKind.Warning),
        };
        var standby = cluster.Host.Spawn(TrainSession.ActorName, () => new StandbyActor(options), Supervision.Never);
        begun(standby);
        var fault = await cluster.Host.WhenStopped(standby).ConfigureAwait(false);
        return ended.Task.IsCompleted
            ? await ended.Task.ConfigureAwait(false)
            : new StandbyEnd(StandbyOutcome.Failed, fault is null ? "the standby ended without a reason" : fault is HostException lost ? lost.Message : $"{fault.GetType().Name}: {fault.Message}");
    }

    TermClaim ITakeover.Standing() => checkpoints.Standing();

    (bool Claimed, TermClaim Claim) ITakeover.TryClaim(long stands) => cluster.WhyNotLead is { } reason
        ? throw new IOException(reason)
        : checkpoints.TryClaim(cluster.Name, stands);

    RunOptions ITakeover.Load(TermClaim claim) => run(claim, checkpoints.Resume(job));
}
