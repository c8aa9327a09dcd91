using Distributed.Coordinator.Running;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Checkers;

/// <summary>Once faults cease the run ends within a bounded virtual time.</summary>
internal sealed class EndsInTime : Checker
{
    private long _step;
    private bool _ended;

    public override string Property => "ends in time once faults cease";

    public override void Happened(long term, RunEvent happened)
    {
        if (happened is RunEvent.StepCommitted committed) _step = committed.Step;
        if (happened is RunEvent.Ended) _ended = true;
    }

    public override void Ended()
    {
        if (!_ended && !Run.IsBroken)
            Violate($"{SimulatedRunLimits.CalmTime.TotalSeconds:0} s after the last fault the run is at step {_step} of {Run.Reference.Steps}");
    }
}
