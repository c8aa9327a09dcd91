using Distributed.Coordinator.Cli;

namespace Distributed.Throughput;

/// <summary>Where the work is done.</summary>
/// <param name="Peer">What a peer's script is asked for: threads of one process, or processes.</param>
internal sealed record Setting(string Name, WorkerPlace? Place, int Workers, string Peer)
{
    public static readonly IReadOnlyList<Setting> All =
    [
        new("engine", null, 1, "1"),
        new("one", WorkerPlace.InProcess, 1, "1"),
        new("two", WorkerPlace.InProcess, 2, "2"),
        new("processes", WorkerPlace.LocalProcesses, 2, "ddp"),
    ];

    /// <exception cref="FormatException"/>
    public static Setting Parse(string name) => All.FirstOrDefault(setting => setting.Name == name)
        ?? throw new FormatException($"--settings: wanted some of {string.Join(", ", All.Select(setting => setting.Name))}, came \"{name}\"");
}
