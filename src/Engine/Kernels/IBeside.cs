using System.Runtime.CompilerServices;

namespace Distributed.Engine.Kernels;

/// <summary>Something that is done in small pieces between the products of a tile, while the memory that it waits for is on its way.</summary>
internal interface IBeside
{
    /// <summary>Does the next piece.</summary>
    /// <param name="left">Products that are left, at least 1.</param>
    /// <returns>After how many of them the next piece is due: 1 to <paramref name="left"/>.</returns>
    int Next(int left);
}

/// <summary>Nothing beside the products.</summary>
internal readonly struct Alone : IBeside
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(int left) => left;
}
