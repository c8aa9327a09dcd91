using Distributed.Simulations.Faults;

namespace Distributed.Simulations.Running;

/// <summary>A property that did not hold.</summary>
/// <param name="At">Virtual time.</param>
internal sealed record Violation(string Property, string Sentence, TimeSpan At);

/// <summary>What became of a simulated run.</summary>
/// <param name="Steps">Committed, those that a later term did again included.</param>
/// <param name="Coordinators">Times that a coordinator began to lead.</param>
/// <param name="Time">Virtual.</param>
internal sealed record RunReport(Scenario Scenario, IReadOnlyList<Violation> Violations, FaultTally Faults, long Steps, int Coordinators,
    TimeSpan Time, long Events, long Frames)
{
    /// <summary>Samples that workers without the data were sent and have kept.</summary>
    public int Shipped { get; init; }
}
