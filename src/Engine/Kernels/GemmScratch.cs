using System.Runtime.CompilerServices;

namespace Distributed.Engine.Kernels;

/// <summary>Memory for packed panels, one per thread, kept from call to call and grown when a larger product comes.</summary>
internal sealed unsafe class GemmScratch
{
    private const int Alignment = 64; // bytes: a cache line, and the widest vector

    [ThreadStatic]
    private static GemmScratch? t_mine;

    [ThreadStatic]
    private static GemmScratch? t_outer;

    // Pinned, so that a pointer into it stays good; on the ordinary heap, so that it goes with its thread.
    private float[] _memory = [];

    public static GemmScratch Mine => t_mine ??= new GemmScratch();

    /// <summary>Another one, for a kernel that calls kernels which use <see cref="Mine"/>.</summary>
    public static GemmScratch Outer => t_outer ??= new GemmScratch();

    /// <summary>At least <paramref name="elements"/> floats of any content, on a 64-byte boundary, good until the next call.</summary>
    public float* Get(long elements)
    {
        var wanted = checked((int)(elements + (Alignment / sizeof(float))));
        if (_memory.Length < wanted) _memory = GC.AllocateUninitializedArray<float>(wanted, pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref _memory[0]);
        return (float*)((address + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    /// <summary><paramref name="elements"/> rounded up, so that what lies behind them is on a 64-byte boundary too.</summary>
    public static long Aligned(long elements) => (elements + 15) & ~15L;
}
