using System.Runtime.Intrinsics;

namespace Distributed.Worker.Cli;

/// <summary>The widest vectors that this process computes with, for logs: they show in the speed, never in the answer.</summary>
public static class VectorWidth
{
    public static int Bits =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
}
