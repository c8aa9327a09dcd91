using System.Diagnostics.CodeAnalysis;

namespace Distributed.Protocol;

/// <summary>Objects that wait to be used again, the last one first. Thread-safe; once it has grown it allocates nothing.</summary>
/// <param name="most">That are kept; what is more is left to the garbage collector.</param>
public sealed class FreeList<T>(int most)
    where T : class
{
    private readonly Lock _gate = new();
    private readonly Stack<T> _free = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _free.Count;
            }
        }
    }

    public bool TryTake([NotNullWhen(true)] out T? item)
    {
        lock (_gate)
        {
            return _free.TryPop(out item);
        }
    }

    public void Add(T item)
    {
        lock (_gate)
        {
            if (_free.Count < most)
            {
                _free.Push(item);
            }
        }
    }
}
