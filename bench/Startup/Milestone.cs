namespace Distributed.Startup;

/// <summary>Something that a run started with <c>--verbose</c> tells on its way to the first step.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Line">A part of the line that tells it.</param>
/// <param name="IsOfWorkers">It is reached when as many lines have told it as there are workers.</param>
internal sealed record Milestone(string Name, string Line, bool IsOfWorkers = false)
{
    /// <summary>In the order in which they are mostly reached; the last one ends the measurement.</summary>
    public static readonly IReadOnlyList<Milestone> All =
    [
        new("job read", "coordinator: process "),
        new("listening", "listens on "),
        new("workers started", "worker processes are started"),
        new("data read", "Distributed.Coordinator: the data is read"),
        new("workers running", "Distributed.Worker: vectors of ", IsOfWorkers: true),
        new("workers welcome", "welcome as worker ", IsOfWorkers: true),
        new("workers joined", " joined; ", IsOfWorkers: true),
        new("first step", "debug: run: step 1 committed"),
    ];
}
