using Distributed.Engine.Training;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator;

/// <summary>Chunks: of partial sums, which are added and stepped, and of weights, which go to the workers.</summary>
public sealed partial class CoordinatorActor
{
    private Action<int, Action<int>>? _split;

    private void OnChunk(Peer peer, TensorChunk chunk)
    {
        if (!_schedule.IsTraining)
        {
            Ignore(chunk, "no step is in progress");
            return;
        }
        var header = chunk.Header;
        var kept = IsAudited(header.Step, new ShardRange(header.FirstShard, header.ShardCount)) && _aggregator.Fits(header);
        if ((kept ? _pen.Add(peer.Number, chunk) : _aggregator.Add(chunk, stepsLater: true)) is { } reason) Context.Log.LogDebug("ignored {Chunk}: {Reason}", header, reason);
        if (!kept) SendWhatIsMade(); // the pen makes nothing: what was made before is sent
    }

    /// <summary>No worker begins with a version before its last chunk is there: the others need not wake anybody.</summary>
    private void SendWhatIsMade()
    {
        var made = _aggregator.JustMade;
        for (var i = 0; i < made.Count; i++)
        {
            var isLast = i == made.Count - 1 && _aggregator.IsNextWhole;
            foreach (var peer in _peers.Values)
            {
                if (!peer.GetsWeights) continue;
                var chunk = _aggregator.Weights(made[i], next: true, peer.Session);
                if (isLast) Context.Tell(peer.Worker, chunk);
                else Context.TellAhead(peer.Worker, chunk);
            }
        }
    }

    /// <summary>Chunks whose sums are complete are stepped together, when no message waits that may complete more, and before any but a chunk is looked at:
    /// nothing else finds sums that are complete and not stepped.</summary>
    private void StepWhatIsDue()
    {
        if (!_aggregator.HasDue) return;
        _aggregator.StepDue(_split ??= Context.Split);
        SendWhatIsMade();
    }

    private void SendWeights(Peer peer, bool hasCurrent)
    {
        peer.GetsWeights = true;
        for (var chunk = 0; chunk < _aggregator.Chunks && !hasCurrent; chunk++)
            Context.Tell(peer.Worker, _aggregator.Weights(chunk, next: false, peer.Session));
        for (var chunk = 0; chunk < _aggregator.Chunks; chunk++)
            if (_aggregator.IsMade(chunk)) Context.Tell(peer.Worker, _aggregator.Weights(chunk, next: true, peer.Session));
    }
}
