using Distributed.Protocol;

namespace Distributed.Actors.Sharing;

/// <summary>Vectors of the peer of one connection, and how many chunks of them have been done with here.</summary>
/// <param name="processId">Of the peer, as it has shown.</param>
internal sealed class Borrowed(ulong processId)
{
    private readonly Lock _gate = new();
    private readonly List<BorrowedVector> _vectors = [];
    private readonly ChunkCarriers _carriers = new();

    /// <summary>Whether the lender's process has ended: it has no program any more, though its parent may not have taken note of its end. Linux
    /// takes a process's memory before it closes its sockets, so of one whose connection has ended by its end this is true.</summary>
    public bool IsLenderGone => new FileInfo($"/proc/{processId}/exe").LinkTarget is null;

    /// <summary>Memory of the peer that is no vector to borrow from.</summary>
    /// <exception cref="IOException">It has none of that number and size.</exception>
    public MappedVector Open(uint file, int elements) => MappedVector.Open(processId, file, elements);

    /// <exception cref="ProtocolException">It is not the next one, or cannot be opened.</exception>
    public void Add(SharedVector announced)
    {
        if (announced.Number != _vectors.Count || announced.Number >= FrameLimits.MaxSharedVectors || announced.Elements is < 1 or > int.MaxValue)
        {
            throw new ProtocolException(
                $"Vector {announced.Number} of {announced.Elements} elements is announced; the next is {_vectors.Count}, " +
                $"at most {FrameLimits.MaxSharedVectors} there are.");
        }

        try
        {
            var vector = new BorrowedVector(MappedVector.Open(processId, announced.File, (int)announced.Elements));
            lock (_gate)
            {
                _vectors.Add(vector);
            }
        }
        catch (IOException exception)
        {
            throw new ProtocolException($"A vector that is announced cannot be opened: {exception.Message}", exception);
        }
    }

    /// <exception cref="ProtocolException">It names what is not there.</exception>
    public TensorChunk Take(LentChunk lent)
    {
        var header = lent.Header();
        var vector = lent.Vector < _vectors.Count ? _vectors[(int)lent.Vector] : null;
        return vector is not null && lent.Offset <= int.MaxValue && (long)lent.Offset + header.Elements <= vector.Memory.Length
            ? _carriers.Rent(header, vector.Memory.Slice((int)lent.Offset, header.Elements), vector)
            : throw new ProtocolException(
                $"A chunk of {header.Elements} elements from {lent.Offset} on of vector {lent.Vector} is lent, which is not there.");
    }

    /// <summary>Moves what is done with into a message. False: nothing is.</summary>
    public bool TryReturn(Returned message)
    {
        message.Vectors.Clear();
        message.Chunks.Clear();
        lock (_gate)
        {
            for (var i = 0; i < _vectors.Count; i++)
            {
                if (_vectors[i].TakeDone() is > 0 and var chunks)
                {
                    message.Vectors.Add((uint)i);
                    message.Chunks.Add((uint)chunks);
                }
            }
        }

        return message.Vectors.Count > 0;
    }
}

/// <summary>A vector of a peer; the lease of every chunk that lies in it.</summary>
internal sealed class BorrowedVector(MappedVector mapped) : ISharedVector
{
    private int _done;

    public Memory<float> Memory { get; } = mapped.Memory;

    ReadOnlyMemory<float> ISharedVector.Vector => Memory;

    /// <summary>One chunk of it is not used any more.</summary>
    public void Release() => Interlocked.Increment(ref _done);

    /// <summary>Chunks done with since the last call.</summary>
    public int TakeDone() => Interlocked.Exchange(ref _done, 0);
}
