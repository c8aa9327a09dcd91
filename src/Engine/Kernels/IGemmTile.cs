namespace Distributed.Engine.Kernels;

/// <summary>The innermost loop of a matrix product: one block of C held in registers.</summary>
internal unsafe interface IGemmTile
{
    /// <summary>Rows of the block: the width of a packed panel of A.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of the block: the width of a packed panel of B. A multiple of the vector width.</summary>
    static abstract int Columns { get; }

    /// <summary>c = (left[−merges + 1] + (… + (left[0] + chain))) + bias, each element in this order.</summary>
    /// <param name="k">Products of the chain, at least 0.</param>
    /// <param name="a">[k, Rows].</param>
    /// <param name="b">Columns of each of k rows; quickest on a 64-byte boundary.</param>
    /// <param name="ldb">Elements from one row of <paramref name="b"/> to the next: of a packed panel, Columns.</param>
    /// <param name="c">Where the block goes.</param>
    /// <param name="ldc">Elements from one row of <paramref name="c"/> to the next.</param>
    /// <param name="accumulate">Whether the chain goes on from what is in <paramref name="c"/>, instead of from +0.</param>
    /// <param name="left">The newest of the finished subtrees that wait, [Rows, Columns], 64-byte aligned; older ones lie before it.</param>
    /// <param name="merges">How many of them are added, from the newest on, each on the left.</param>
    /// <param name="bias">[Columns], 64-byte aligned; or null.</param>
    static abstract void Run(int k, float* a, float* b, nint ldb, float* c, nint ldc, bool accumulate, float* left, int merges, float* bias);
}
