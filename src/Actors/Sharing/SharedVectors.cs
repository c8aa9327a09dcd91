using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Sharing;

/// <summary>Vectors that other processes of this machine can be shown; of ordinary memory where there are no such.</summary>
internal sealed class SharedVectors(ILogger log) : IVectorMemory
{
    public Memory<float> Allocate(int elements)
    {
        try
        {
            return MappedVector.Create(elements).Memory;
        }
        catch (IOException exception)
        {
            log.LogWarning("{Count} floats are not shared with other processes: {Reason}", elements, exception.Message);
            return OwnMemory.Instance.Allocate(elements);
        }
    }
}
