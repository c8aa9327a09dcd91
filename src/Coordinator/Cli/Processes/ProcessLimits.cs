namespace Distributed.Coordinator.Cli.Processes;

/// <summary>Every wait and bound of local worker processes.</summary>
internal static class ProcessLimits
{
    /// <summary>Times a local worker is started anew, unless told otherwise.</summary>
    public const int Restarts = 3;

    /// <summary>Before a worker that died is started anew.</summary>
    public static readonly TimeSpan RestartDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Between two looks at the workers' memory.</summary>
    public static readonly TimeSpan MemoryInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>After the end of a run, before a worker that is still there is killed.</summary>
    public static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(3);
}
