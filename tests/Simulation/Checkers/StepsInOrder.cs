using Distributed.Coordinator.Running;

namespace Distributed.Simulations.Checkers;

/// <summary>Every step is committed exactly once and in order: within a term each commit is of the step after the one before, and the first
/// is of the step that the term's checkpoint stands at.</summary>
/// <remarks>A later term does steps again that were committed after its checkpoint; no step of the whole run is left out.</remarks>
internal sealed class StepsInOrder : Checker
{
    private readonly Dictionary<long, long> _next = [];
    private readonly HashSet<long> _committed = [];

    public override string Property => "every step once and in order";

    public override void Begins(long term, RunSnapshot? resume)
    {
        if (!_next.TryAdd(term, resume?.Step ?? 0)) Violate($"two coordinators lead with term {term}");
        for (var step = 0L; step < (resume?.Step ?? 0); step++)
            if (!_committed.Contains(step)) Violate($"term {term} begins at step {resume!.Step}, but step {step} was never committed");
    }

    public override void Happened(long term, RunEvent happened)
    {
        if (happened is RunEvent.Ended ended) AllCommitted(ended.Result.Steps);
        if (happened is not RunEvent.StepCommitted { Step: var done }) return;
        var step = done - 1;
        if (!_next.TryGetValue(term, out var wanted)) Violate($"term {term} commits step {step} and has never begun");
        else if (step != wanted) Violate($"term {term} commits step {step}, step {wanted} is next");
        _next[term] = step + 1;
        _committed.Add(step);
    }

    private void AllCommitted(long steps)
    {
        for (var step = 0L; step < steps; step++)
            if (!_committed.Contains(step)) Violate($"the run ends after {steps} steps, but step {step} was never committed");
    }
}
