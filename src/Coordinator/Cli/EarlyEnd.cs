using Distributed.Actors;
using Distributed.Coordinator.Running;

namespace Distributed.Coordinator.Cli;

/// <summary>The end of a run before its time, asked for or because it cannot go on. Who leads is told, also of what came before anybody led.</summary>
internal sealed class EarlyEnd
{
    private readonly Lock _lock = new();
    private ActorRef? _coordinator;
    private string? _reason;
    private string? _failure;

    /// <summary>Why the run cannot go on: the first reason that was given; null: it can.</summary>
    public string? Failure
    {
        get
        {
            lock (_lock) return _failure;
        }
    }

    public void LeadWith(ActorRef coordinator)
    {
        string? reason;
        lock (_lock) (_coordinator, reason) = (coordinator, _reason);
        if (reason is not null) coordinator.Tell(new StopRun(reason));
    }

    /// <summary>The run ends after the step in progress.</summary>
    public void Stop(string reason) => End(reason, null);

    /// <summary>The run cannot go on.</summary>
    public void Fail(string reason) => End(reason, reason);

    /// <summary>The run cannot go on, since workers are gone. Where it was asked to stop before, it has: one that comes too late to take part is no failure.</summary>
    public void WithoutWorkers(string reason) => End(reason, reason, unlessAsked: true);

    private void End(string reason, string? failure, bool unlessAsked = false)
    {
        ActorRef? coordinator;
        lock (_lock)
        {
            if (unlessAsked && _reason is not null) failure = null;
            (coordinator, _reason, _failure) = (_coordinator, _reason ?? reason, _failure ?? failure);
        }
        coordinator?.Tell(new StopRun(reason));
    }
}
