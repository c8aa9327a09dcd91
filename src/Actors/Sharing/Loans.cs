using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Distributed.Protocol;

namespace Distributed.Actors.Sharing;

/// <summary>Chunks that the peer of one connection reads, and may write, where they lie, until it says that it has done with them.</summary>
/// <remarks>
/// The peer tells of how many chunks of a vector it has done with, not of which: a vector is not used anew before all of them are back.
/// <para>A chunk on loan when the connection is lost is never released: the peer's process may live on and use it. So its vector is not pooled
/// again, and is unmapped when nothing leads to it. Only of a process that has ended all comes back.</para>
/// </remarks>
internal sealed class Loans
{
    private readonly Lock _gate = new();
    private readonly Dictionary<MappedVector, Vector> _byVector = [];
    private readonly List<Vector> _vectors = [];
    private readonly LentChunk _message = new();

    /// <summary>Lends a chunk, if it lies where the peer can look.</summary>
    /// <param name="lent">Stands until the next call. One thread at a time lends.</param>
    /// <param name="announced">What the peer must be told before; null: it knows the vector.</param>
    public bool TryLend(TensorChunk chunk, [NotNullWhen(true)] out LentChunk? lent, out SharedVector? announced)
    {
        (lent, announced) = (null, null);
        if (!MemoryMarshal.TryGetMemoryManager<float, MappedVector>(chunk.Data, out var mapped, out var offset, out _))
        {
            return false;
        }

        lock (_gate)
        {
            if (!_byVector.TryGetValue(mapped, out var vector))
            {
                if (_vectors.Count == FrameLimits.MaxSharedVectors)
                {
                    return false;
                }

                _byVector.Add(mapped, vector = new Vector((uint)_vectors.Count));
                _vectors.Add(vector);
                announced = new SharedVector { Number = vector.Number, File = mapped.File, Elements = (ulong)mapped.Length };
            }

            lent = _message;
            lent.Set(chunk.Header, vector.Number, offset);
            vector.Lent.Push(chunk);
            return true;
        }
    }

    /// <summary>The peer has done with these.</summary>
    /// <exception cref="ProtocolException">They are not on loan.</exception>
    public void Return(Returned returned)
    {
        if (returned.Vectors.Count != returned.Chunks.Count)
        {
            throw new ProtocolException($"Chunks of {returned.Vectors.Count} vectors are returned, and {returned.Chunks.Count} numbers of them.");
        }

        for (var i = 0; i < returned.Vectors.Count; i++)
        {
            Return(returned.Vectors[i], returned.Chunks[i]);
        }
    }

    /// <summary>The peer's process is gone, and with it all its uses.</summary>
    public void ReturnAll()
    {
        foreach (var vector in _vectors.ToArray())
        {
            Return(vector.Number, (uint)vector.Lent.Count);
        }
    }

    private void Return(uint number, uint chunks)
    {
        for (; chunks > 0; chunks--)
        {
            TensorChunk? chunk = null;
            lock (_gate)
            {
                if (number >= _vectors.Count || !_vectors[(int)number].Lent.TryPop(out chunk))
                {
                    throw new ProtocolException($"A chunk of vector {number} is returned that was not lent, or was returned before.");
                }
            }

            chunk.Release();
        }
    }

    private sealed record Vector(uint Number)
    {
        public Stack<TensorChunk> Lent { get; } = new();
    }
}
