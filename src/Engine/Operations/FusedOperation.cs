using System.Numerics;
using System.Runtime.InteropServices;

namespace Distributed.Engine.Operations;

/// <summary>An operation that stands for a chain of others, with their bits.</summary>
/// <remarks>No graph is written with it: an executor puts it in their place. For float alone: what double computes, gradients are checked by, so it goes through the operations themselves.</remarks>
internal abstract class FusedOperation : Operation
{
    protected static ReadOnlySpan<float> Floats<T>(ReadOnlySpan<T> numbers) where T : unmanaged, IFloatingPointIeee754<T> =>
        MemoryMarshal.Cast<T, float>(numbers);

    protected static Span<float> Floats<T>(Span<T> numbers) where T : unmanaged, IFloatingPointIeee754<T> =>
        MemoryMarshal.Cast<T, float>(numbers);
}
