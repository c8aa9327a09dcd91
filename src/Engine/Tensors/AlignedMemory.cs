using System.Runtime.CompilerServices;

namespace Distributed.Engine;

/// <summary>Long vectors that begin where the widest vector register does, so that none of its loads and stores touches two cache lines.</summary>
public static class AlignedMemory
{
    private const int Alignment = 64; // bytes: a cache line, and the widest vector

    /// <summary>Pinned memory of so many elements, all 0, on a 64-byte boundary.</summary>
    public static unsafe Memory<float> Allocate(int elements)
    {
        const int Slack = (Alignment / sizeof(float)) - 1;
        var array = GC.AllocateArray<float>(elements + Slack, pinned: true);
        var start = (nuint)Unsafe.AsPointer(ref array[0]);
        var skipped = (int)((Alignment - (start % Alignment)) % Alignment) / sizeof(float);
        return array.AsMemory(skipped, elements);
    }
}
