namespace Distributed.Actors.Cells;

/// <summary>Gives cells their turns and runs their work: threads in production, one event queue in the simulator.</summary>
internal interface ICellRunner
{
    /// <summary>Has <see cref="ActorCell.Turn"/> called soon. A cell asks again only after that turn has begun to end.</summary>
    void Schedule(ActorCell cell);

    /// <summary>Where the work of one cell is run, one at a time, in order.</summary>
    IWorkQueue CreateWorkQueue(ActorCell cell);
}

internal interface IWorkQueue
{
    void Add(WorkItem item);

    /// <summary>No more comes; what waits is dropped, what runs may end.</summary>
    void Close();
}

/// <summary>Work beside a mailbox.</summary>
/// <param name="Incarnation">Of the actor that gave it; later incarnations get none of its posts.</param>
internal sealed record WorkItem(string Name, Action<Action<object>> Work, int Incarnation);
