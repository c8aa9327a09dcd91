using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Distributed.Engine.Kernels;

/// <summary>Asks for memory ahead of its use, so that it comes into L2 while something else is computed.</summary>
internal static unsafe class Prefetch
{
    /// <summary>Vectors and matrices of at least so many elements outgrow the nearer caches: what is stored past them need not be read first.</summary>
    public const int Far = 1 << 20;

    private const int Line = 64; // bytes

    /// <summary>Asks for one of the equal parts that some memory is cut in.</summary>
    /// <param name="elements">Of 4 bytes.</param>
    public static void Part(void* start, int elements, int part, int parts)
    {
        if (!Sse.IsSupported) return;
        var bytes = (long)elements * sizeof(float);
        var end = (byte*)start + (bytes * (part + 1) / parts);
        for (var line = (byte*)start + (bytes * part / parts); line < end; line += Line) Sse.Prefetch1(line);
    }

    /// <summary>Asks for a block of a matrix of floats.</summary>
    /// <param name="stride">Elements from one row to the next.</param>
    public static void Rows(float* start, nint stride, int rows, int columns)
    {
        if (!Sse.IsSupported) return;
        for (; rows > 0; rows--, start += stride)
        {
            for (var column = 0; column < columns; column += Line / sizeof(float)) Sse.Prefetch1(start + column);
        }
    }

    /// <summary>Asks for what a pass over a vector comes to soon: 8 KiB further on, which may lie behind the slice in progress.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ahead(float* place)
    {
        if (Sse.IsSupported) Sse.Prefetch0(place + 2048);
    }

    /// <summary>Between stores past the caches and whatever tells another thread of them.</summary>
    public static void EndOfStream()
    {
        if (Sse.IsSupported) Sse.StoreFence();
    }
}
