using Distributed.Coordinator.Running;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator;

/// <summary>Steps whose loss or gradient is not finite.</summary>
/// <remarks>A worker that computes such a partial sum says where the number begins and sends the sum all the same. What becomes of the step is
/// decided when all of it is in, so neither who computed it nor what came first shows: not in the weights, and not in the sentence, which is
/// that of the first shard to blame.</remarks>
public sealed partial class CoordinatorActor
{
    private (uint Shard, string Sentence)? _cause;
    private NonFiniteEnd _nonFinite;

    private void OnNotFinite(Peer peer, NotFinite found)
    {
        if ((long)found.Step != _aggregator.Step || !_schedule.IsTraining)
        {
            Ignore(found, $"step {found.Step} is not in progress");
            return;
        }
        if (found.Shard >= _setup.Shards || found.Sentence.Length == 0)
        {
            Drop(peer, $"it blames shard {found.Shard} of 0..{_setup.Shards - 1} for a number that is not finite, or says nothing of it");
            return;
        }
        Context.Log.LogDebug("worker {Worker}, step {Step}: {Sentence}", peer.Number, found.Step, found.Sentence);
        if (_cause is null || found.Shard < _cause.Value.Shard) _cause = (found.Shard, found.Sentence);
    }

    /// <summary>Ends the run where the step in progress, all of which is in, must not be taken.</summary>
    /// <returns>Whether it did.</returns>
    private bool StopsHere()
    {
        if (!_aggregator.IsComplete || _aggregator.Verdict != StepVerdict.Stop) return false;
        var (step, weights) = (_aggregator.Step, _aggregator.FirstNonFinite());
        _nonFinite = weights is null ? NonFiniteEnd.Step : NonFiniteEnd.Weights;
        Decide(new Scheduling.Input.Fail(
            weights is { } wrong ? NonFiniteSentence.OfShard(_setup, step, NonFiniteSentence.OfWeights(wrong))
            : _cause is { } cause ? NonFiniteSentence.OfShard(_setup, step, cause.Sentence)
            : NonFiniteSentence.OfRoot(_setup, step, _aggregator.Loss, _aggregator.Wrong)));
        return true;
    }

    private string NamingCheckpoint(string reason) =>
        $"{reason} {(_lastCheckpoint is null ? "There is no checkpoint to go on from." : $"The last good checkpoint is {_lastCheckpoint}.")}";

    /// <summary>Such a checkpoint would be of no use, and hide the one before it.</summary>
    private bool MayBeSaved()
    {
        if (_aggregator.FirstNonFinite() is not { } wrong) return true;
        Context.Log.LogWarning("no checkpoint of step {Step}: element {Element} of \"{Parameter}\" is {Number}", _aggregator.Step, wrong.Element,
            wrong.Parameter, wrong.Number);
        return false;
    }
}
