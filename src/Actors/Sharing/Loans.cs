using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Distributed.Protocol;

namespace Distributed.Actors.Sharing;

/// <summary>Chunks that the peer of one connection reads, and may write, where they lie, until it says that it has done with them.</summary>
/// <remarks>
/// A chunk on loan when the connection is lost is never released: the peer's process may live on and use it. So its vector is not pooled
/// again, and is unmapped when nothing leads to it. Only of a process that has ended all comes back.
/// </remarks>
internal sealed class Loans
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, TensorChunk> _open = [];
    private readonly Dictionary<MappedVector, uint> _shown = [];
    private ulong _next;

    /// <summary>Chunks on loan.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Lends a chunk, if it lies where the peer can look.</summary>
    /// <param name="announced">What the peer must be told before; null: it knows the vector.</param>
    public bool TryLend(TensorChunk chunk, [NotNullWhen(true)] out LentChunk? lent, out SharedVector? announced)
    {
        (lent, announced) = (null, null);
        if (!MemoryMarshal.TryGetMemoryManager<float, MappedVector>(chunk.Data, out var vector, out var offset, out _))
        {
            return false;
        }

        lock (_gate)
        {
            if (!_shown.TryGetValue(vector, out var number))
            {
                if (_shown.Count == FrameLimits.MaxSharedVectors)
                {
                    return false;
                }

                _shown.Add(vector, number = (uint)_shown.Count);
                announced = new SharedVector { Number = number, File = vector.File, Elements = (uint)vector.Length };
            }

            lent = LentChunk.Of(chunk.Header, number, offset, _next);
            _open.Add(_next++, chunk);
            return true;
        }
    }

    /// <summary>The peer has done with these.</summary>
    /// <exception cref="ProtocolException">One of them is not on loan.</exception>
    public void Return(Returned returned)
    {
        foreach (var loan in returned.Loans)
        {
            TensorChunk? chunk;
            lock (_gate)
            {
                _open.Remove(loan, out chunk);
            }

            (chunk ?? throw new ProtocolException($"Loan {loan} is returned and was not lent, or was returned before.")).Release();
        }
    }

    /// <summary>The peer's process is gone, and with it all its uses.</summary>
    public void ReturnAll()
    {
        TensorChunk[] all;
        lock (_gate)
        {
            all = [.. _open.Values];
            _open.Clear();
        }

        foreach (var chunk in all)
        {
            chunk.Release();
        }
    }
}
