using Distributed.Protocol;

namespace Distributed.Actors.Sharing;

/// <summary>Vectors of the peer of one connection, and the chunks of them that are in use here.</summary>
/// <param name="processId">Of the peer, as it has shown.</param>
internal sealed class Borrowed(ulong processId)
{
    private readonly List<MappedVector> _vectors = [];
    private readonly Lock _gate = new();
    private readonly List<ulong> _done = [];

    /// <summary>Whether the lender's process has ended: it has no program any more, though its parent may not have taken note of its end.</summary>
    public bool IsLenderGone
    {
        get
        {
            try
            {
                return new FileInfo($"/proc/{processId}/exe").LinkTarget is null;
            }
            catch (UnauthorizedAccessException)
            {
                return false;
            }
            catch (IOException)
            {
                return true;
            }
        }
    }

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
            _vectors.Add(MappedVector.Open(processId, announced.File, (int)announced.Elements));
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
        if (lent.Vector >= _vectors.Count || lent.Offset + (ulong)header.Elements > (ulong)_vectors[(int)lent.Vector].Length || lent.Offset > int.MaxValue)
        {
            throw new ProtocolException(
                $"A chunk of {header.Elements} elements from {lent.Offset} on of vector {lent.Vector} is lent, which is not there.");
        }

        return new TensorChunk(header, _vectors[(int)lent.Vector].Memory.Slice((int)lent.Offset, header.Elements), new Lease(this, lent.Loan));
    }

    /// <summary>Moves the loans that are done with into a message. False: there are none.</summary>
    public bool TryReturn(Returned message)
    {
        lock (_gate)
        {
            if (_done.Count == 0)
            {
                return false;
            }

            var first = Math.Max(0, _done.Count - FrameLimits.MaxReturned);
            message.Loans.Clear();
            for (var i = first; i < _done.Count; i++)
            {
                message.Loans.Add(_done[i]);
            }

            _done.RemoveRange(first, _done.Count - first);
            return true;
        }
    }

    private void Done(ulong loan)
    {
        lock (_gate)
        {
            _done.Add(loan);
        }
    }

    private sealed class Lease(Borrowed borrowed, ulong loan) : IChunkLease
    {
        public void Release() => borrowed.Done(loan);
    }
}
