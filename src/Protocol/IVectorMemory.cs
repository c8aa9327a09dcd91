using Distributed.Engine;

namespace Distributed.Protocol;

/// <summary>Where long vectors lie whose chunks go to other actors. Who allocates one keeps it and uses it again.</summary>
public interface IVectorMemory
{
    /// <summary>Pinned memory of so many elements, all 0, on a 64-byte boundary.</summary>
    Memory<float> Allocate(int elements);
}

/// <summary>Memory of this process alone.</summary>
public sealed class OwnMemory : IVectorMemory
{
    public static readonly OwnMemory Instance = new();

    public Memory<float> Allocate(int elements) => AlignedMemory.Allocate(elements);
}
