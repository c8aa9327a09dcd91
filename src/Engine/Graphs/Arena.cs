namespace Distributed.Engine.Graphs;

/// <summary>A run of elements: in the executor's arena, or in the flat gradient.</summary>
internal readonly record struct Placement(Home Home, int Offset, int Elements)
{
    public static Placement None => default;

    public bool Exists => Home != Home.None;
}

internal enum Home
{
    None,
    Arena,
    FlatGradient,
}

/// <summary>Places buffers in an arena that does not exist yet: each begins at a multiple of the alignment.</summary>
/// <remarks>A returned buffer is handed out again whole, the smallest that is large enough first; it is never cut or joined.</remarks>
internal sealed class ArenaPlanner(int alignment)
{
    private readonly List<(int Offset, int Elements)> _free = [];

    /// <summary>Elements of the arena so far.</summary>
    public int Elements { get; private set; }

    /// <summary>A buffer that is never returned: it keeps its contents from pass to pass.</summary>
    public Placement Keep(int elements)
    {
        if (elements == 0) return Placement.None;
        var offset = Elements;
        var end = (long)offset + (((long)elements + alignment - 1) / alignment * alignment);
        Elements = end < Array.MaxLength - alignment ? (int)end : throw new ArgumentException(
            $"the graph needs more than {Array.MaxLength} elements of memory for one pass: use smaller batches or more shards");
        return new Placement(Home.Arena, offset, elements);
    }

    /// <summary>A buffer until <see cref="Return"/>.</summary>
    public Placement Rent(int elements)
    {
        var best = -1;
        for (var i = 0; i < _free.Count; i++)
            if (_free[i].Elements >= elements && (best < 0 || _free[i].Elements < _free[best].Elements))
                best = i;
        if (best < 0) return Keep(elements);
        var offset = _free[best].Offset;
        _rented.Add(offset, _free[best].Elements);
        _free.RemoveAt(best);
        return new Placement(Home.Arena, offset, elements);
    }

    /// <summary>Gives back a rented buffer; nothing happens for one that lies outside the arena.</summary>
    public void Return(Placement buffer)
    {
        if (buffer.Home != Home.Arena) return;
        var whole = _rented.Remove(buffer.Offset, out var elements) ? elements : buffer.Elements;
        _free.Add((buffer.Offset, whole));
    }

    private readonly Dictionary<int, int> _rented = [];
}
