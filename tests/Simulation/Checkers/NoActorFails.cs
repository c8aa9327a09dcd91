namespace Distributed.Simulations.Checkers;

/// <summary>No actor ends by a fault of the program, and no corrupted frame is taken for a good one.</summary>
internal sealed class NoActorFails : Checker
{
    public override string Property => "no actor fails";

    /// <param name="who">Names the actor.</param>
    public void Failed(string who, string reason) => Violate($"{who} failed: {reason}");

    public override void Ended()
    {
        if (Run.Simulation.Counts.CorruptionsAccepted is > 0 and var accepted)
            Violate($"{accepted} corrupted frames were taken for good ones");
    }
}
