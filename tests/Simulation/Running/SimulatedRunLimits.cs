namespace Distributed.Simulations.Running;

/// <summary>Every bound and wait of a simulated run, in virtual time.</summary>
internal static class SimulatedRunLimits
{
    /// <summary>Worker nodes of a run at most.</summary>
    public const int MaxWorkers = 8;

    /// <summary>Once faults have ceased the run ends within this time.</summary>
    public static readonly TimeSpan CalmTime = TimeSpan.FromMinutes(5);

    /// <summary>How long is waited after the end for what was on its way.</summary>
    public static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(15);

    /// <summary>A process that ended by itself is started anew after this time, as a service manager does.</summary>
    public static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);
}
