namespace Distributed.Protocol;

/// <summary>A message that is given back: whoever consumes it calls <see cref="Release"/> once, and does not read it after that.</summary>
public interface IReleasable
{
    void Release();
}

/// <summary>A message of every step or chunk. One that was rented is used again when its consumer has released it.</summary>
/// <remarks>
/// Its consumer is the actor that it is told to; where it leaves the process, the host that has encoded it. One that is lost is never
/// released: the garbage collector takes it. One that was made with <c>new</c> is not used again, and its release does nothing.
/// <para>Invariant: a message is either its consumer's or free. The fields of a free one are empty.</para>
/// </remarks>
public abstract class ReusedMessage<T> : IReleasable
    where T : ReusedMessage<T>, new()
{
    /// <summary>Free messages of a type at most; some for each of many workers.</summary>
    private const int MostFree = 4096;

    /// <summary>Entries of a message that is kept, at most: what a peer can make large is not held on to.</summary>
    protected const int MostEntries = 256;

    private const int Made = 0, Rented = 1, Free = 2;

    private static readonly FreeList<T> s_free = new(MostFree);

    private int _state;

    /// <summary>A message with empty fields.</summary>
    public static T Rent()
    {
        if (!s_free.TryTake(out var message))
        {
            message = new T();
        }

        Volatile.Write(ref message._state, Rented);
        return message;
    }

    /// <exception cref="InvalidOperationException">It was released before, and may be another's by now.</exception>
    public void Release()
    {
        switch (Interlocked.CompareExchange(ref _state, Free, Rented))
        {
            case Rented when TryClear():
                s_free.Add((T)this);
                break;
            case Free:
                throw new InvalidOperationException($"A {typeof(T).Name} is released twice.");
        }
    }

    /// <summary>Empties the fields.</summary>
    /// <returns>False: it has more than <see cref="MostEntries"/>, and is left to the garbage collector.</returns>
    protected abstract bool TryClear();
}
