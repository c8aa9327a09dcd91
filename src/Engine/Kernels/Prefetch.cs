using System.Runtime.Intrinsics.X86;

namespace Distributed.Engine.Kernels;

/// <summary>Asks for memory ahead of its use, so that it comes into L2 while something else is computed.</summary>
internal static unsafe class Prefetch
{
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
}
