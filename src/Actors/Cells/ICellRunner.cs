namespace Distributed.Actors.Cells;

/// <summary>Gives cells their turns and runs their work: threads in production, one event queue in the simulator.</summary>
internal interface ICellRunner
{
    /// <summary>Has <see cref="ActorCell.Turn"/> called soon. A cell asks again only after that turn has begun to end.</summary>
    void Schedule(ActorCell cell);

    /// <summary>Where the work of one cell is run, one at a time, in order.</summary>
    IWorkQueue CreateWorkQueue(ActorCell cell);

    /// <summary>See <see cref="IActorContext.Split"/>; here one part after another.</summary>
    void Split(int parts, Action<int> part) => OneByOne(parts, part);

    static void OneByOne(int parts, Action<int> part)
    {
        for (var i = 0; i < parts; i++)
        {
            part(i);
        }
    }
}

internal interface IWorkQueue
{
    void Add(WorkItem item);

    /// <summary>Whether work runs for which chunks wait: see <see cref="IWork.HoldsChunks"/>.</summary>
    bool HoldsChunks { get; }

    /// <summary>No more comes; what waits is dropped, what runs may end.</summary>
    void Close();
}

/// <summary>Work beside a mailbox.</summary>
/// <param name="Incarnation">Of the actor that gave it; later incarnations get none of its posts.</param>
internal readonly record struct WorkItem(IWork Work, int Incarnation);

/// <summary>Work that is a function.</summary>
internal sealed class NamedWork(string name, Action<Action<object>> work) : IWork
{
    public string Name => name;

    public void Run(Action<object> post) => work(post);
}

/// <summary>Where the posts of an incarnation's work go.</summary>
internal sealed class Poster
{
    private readonly int _incarnation;
    private readonly Action<Envelope> _deliver;

    public Poster(int incarnation, Action<Envelope> deliver) => (_incarnation, _deliver, Post) = (incarnation, deliver, Send);

    /// <summary>What the work is given: one for all work of the incarnation.</summary>
    public Action<object> Post { get; }

    public bool IsOf(int incarnation, Action<Envelope> deliver) => _incarnation == incarnation && _deliver == deliver;

    private void Send(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        _deliver(new Envelope(message, null, _incarnation));
    }
}
