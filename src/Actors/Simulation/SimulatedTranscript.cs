using Distributed.Protocol;

namespace Distributed.Actors.Simulated;

/// <summary>How a transcript tells of a message: "worker@w1 -> coordinator@c  PartialDone { … }".</summary>
internal static class SimulatedTranscript
{
    /// <summary>Characters of a message at most.</summary>
    private const int MaxText = 160;

    public static string Line(string fromNode, string toNode, in ReceivedFrame frame)
    {
        var text = frame.Body is TensorChunk chunk ? chunk.ToString() : $"{frame.Body.GetType().Name} {frame.Body}";
        return $"{At(frame.From, fromNode)} -> {At(frame.To, toNode)}  {(text.Length <= MaxText ? text : text[..MaxText] + "…")}";
    }

    private static string At(string actor, string node) => actor.Length == 0 ? node : $"{actor}@{node}";
}
