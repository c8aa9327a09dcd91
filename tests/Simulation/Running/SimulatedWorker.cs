using Distributed.Actors;
using Distributed.Protocol;
using Distributed.Worker;

namespace Distributed.Simulations.Running;

/// <summary>Starts the very worker actor on a node of the simulation.</summary>
internal static class SimulatedWorker
{
    public const string Name = "worker";

    /// <summary>A worker asks this long for admission before it gives up; whoever started it starts another then.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <returns>The actor, and the pool of the memory that its unwanted chunks go to.</returns>
    public static (ActorRef Actor, ChunkPool Scratch) Boot(SimulatorHost node, IReadOnlyList<SimulatorHost> coordinators,
        IJobLoader loader, Action<WorkerEnd> ended)
    {
        var scratch = new ChunkPool();
        var destination = new WorkerDestination(scratch);
        node.RegisterDestination(Name, destination);
        var options = new WorkerOptions([.. coordinators.Select(coordinator => node.Remote(coordinator, "coordinator"))], node.Name,
            ProcessId: 0, Patience, node.ReadClock, ended);
        return (node.Spawn(Name, () => new WorkerActor(options, loader, destination), Supervision.Never), scratch);
    }
}
