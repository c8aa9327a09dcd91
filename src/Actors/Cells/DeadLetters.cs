using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Cells;

/// <summary>Where messages go that nobody will handle: logged at Debug, what is borrowed given back.</summary>
internal sealed class DeadLetters(ILogger log)
{
    private long _count;

    /// <summary>Messages dropped since the node started.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <param name="why">Ends the sentence "message X to Y dropped: …".</param>
    public void Drop(string to, object message, string why)
    {
        Interlocked.Increment(ref _count);
        if (log.IsEnabled(LogLevel.Debug))
        {
            log.LogDebug("{Message} to {Actor} dropped: {Why}", Describe(message), to, why);
        }

        (message as IReleasable)?.Release();
    }

    private static string Describe(object message) => message is TensorChunk chunk ? chunk.ToString() : message.GetType().Name;
}
