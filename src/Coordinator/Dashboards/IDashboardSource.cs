namespace Distributed.Coordinator.Dashboards;

/// <summary>The run behind a dashboard.</summary>
internal interface IDashboardSource
{
    /// <param name="seen">How much of each list the page has.</param>
    Task<DashboardData> LookAsync(Seen seen, CancellationToken cancel);

    /// <returns>A PNG file; null: there is no such picture.</returns>
    byte[]? Picture(string name);

    Task<DashboardAnswer> StopAsync();

    Task<DashboardAnswer> CheckpointAsync(CancellationToken cancel);
}

/// <param name="Resumes">As the page was last told.</param>
internal readonly record struct Seen(int Steps, int Epochs, int Events, int Resumes);
