using Distributed.Coordinator.Running;

namespace Distributed.Coordinator.Scheduling;

/// <summary>What can be told of it while it goes on.</summary>
public sealed partial class Schedule
{
    public RunPhase RunPhase => _phase switch
    {
        Phase.Ended => RunPhase.Ended,
        _ when Present < Math.Max(1, _plan.MinWorkers) || _phase == Phase.Gathering => RunPhase.Waiting,
        Phase.Evaluating => RunPhase.Evaluating,
        _ => RunPhase.Training,
    };

    /// <summary>A worker, which need not be a member yet.</summary>
    public WorkerDescription Describe(int worker, string name) => _members.Find(worker) is { } member
        ? new WorkerDescription(worker, name, PhaseOf(member), member.Owed, member.Speed, member.Held >= 0 ? member.Held : null)
        : new WorkerDescription(worker, name, WorkerPhase.Loading, 0, 0, null);

    private static WorkerPhase PhaseOf(Member member) => member switch
    {
        { IsStalled: true } => WorkerPhase.Stalled,
        { IsLate: true } => WorkerPhase.Late,
        { IsIdle: false } => WorkerPhase.Working,
        { InSync: false } => WorkerPhase.CatchingUp,
        _ => WorkerPhase.Idle,
    };
}
