namespace Distributed.Worker;

/// <summary>Every wait and bound of the worker.</summary>
public static class WorkerLimits
{
    /// <summary>Between two requests to join while the coordinator has not answered.</summary>
    public static readonly TimeSpan JoinInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>The same at first, while a coordinator that was started together with the worker may still read its data.</summary>
    public static readonly TimeSpan FirstJoinInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>How long that is.</summary>
    public static readonly TimeSpan FirstJoining = TimeSpan.FromSeconds(2);

    /// <summary>Steps behind the one that is assigned whose samples a worker without the data asks for ahead.</summary>
    public const int StepsAhead = 2;

    /// <summary>Requests to join are sent this long without an answer before the worker gives up, unless told otherwise.</summary>
    public static readonly TimeSpan JoinPatience = TimeSpan.FromMinutes(2);
}
