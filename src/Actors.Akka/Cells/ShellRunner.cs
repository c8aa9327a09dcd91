using Distributed.Actors.Cells;
using Distributed.Actors.InProcess;

namespace Distributed.Actors.Akka.Cells;

/// <summary>Turns in the actors' shells, on their own dispatcher; work on threads of its own, never on a dispatcher.</summary>
internal sealed class ShellRunner(AkkaHost host) : ICellRunner
{
    private readonly ThreadPoolRunner _work = new();

    public void Schedule(ActorCell cell) => host.ResidentOf(cell).Shell.Tell(TakeTurn.Instance, global::Akka.Actor.ActorRefs.NoSender);

    public IWorkQueue CreateWorkQueue(ActorCell cell) => _work.CreateWorkQueue(cell);

    public void Split(int parts, Action<int> part) => _work.Split(parts, part);
}
