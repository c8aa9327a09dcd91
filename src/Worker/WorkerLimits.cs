namespace Distributed.Worker;

/// <summary>Every wait and bound of the worker.</summary>
public static class WorkerLimits
{
    /// <summary>Between two requests to join while the coordinator has not answered.</summary>
    public static readonly TimeSpan JoinInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Requests to join are sent this long without an answer before the worker gives up, unless told otherwise.</summary>
    public static readonly TimeSpan JoinPatience = TimeSpan.FromMinutes(2);
}
