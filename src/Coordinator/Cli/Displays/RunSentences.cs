using Distributed.Coordinator.Running;

namespace Distributed.Coordinator.Cli.Displays;

/// <summary>What happens to a run, each in a sentence of its own.</summary>
internal static class RunSentences
{
    /// <returns>Null: it is no news by itself.</returns>
    public static Note? Of(RunEvent happened) => happened switch
    {
        RunEvent.WorkerJoined joined => News($"worker {joined.Worker} ({joined.Name}) joined; {RunProgress.Count(joined.Alive, "worker")} now"),
        RunEvent.WorkerLost lost => Warning(Describe(lost)),
        RunEvent.WorkerStalled stalled => Warning(
            $"worker {stalled.Worker} ({stalled.Name}) is connected but has made no progress for {stalled.Silent.TotalSeconds:0} s"
            + (stalled.Alive > 1 ? "; what it has goes to the others, the answer stays the same" : "; it is the only one")),
        RunEvent.WorkerRecovered recovered => News($"worker {recovered.Worker} ({recovered.Name}) goes on"),
        RunEvent.WorkerRefused refused => Warning($"refused: {refused.Reason}"),
        RunEvent.ShardDisputed disputed => Warning(
            $"workers {string.Join(" and ", disputed.Workers)} have different bits of shard {disputed.Shard}; the step waits for a third worker to tell which is right"),
        RunEvent.WorkerExcluded excluded => Warning(
            $"worker {excluded.Worker} ({excluded.Name}) computes wrongly and is excluded: two others agree on shard {excluded.Shard} of step {excluded.Step} "
            + "and it has other bits. Its memory or processor may be faulty"),
        RunEvent.Waiting waiting => News($"waiting for workers: {waiting.Have} of {waiting.Want} are here"),
        RunEvent.StandbyJoined standby => News($"{standby.Name} stands by to take over"),
        RunEvent.StandbyLost standby => Warning($"{standby.Name} no longer stands by: {standby.Reason}"),
        RunEvent.RateSet set => News(FormattableString.Invariant($"the learning rate is {set.Change.Rate:R} from step {set.Change.Step} on")),
        RunEvent.CheckpointFailed failed => Warning($"no checkpoint could be written, the run goes on: {failed.Reason}"),
        _ => null,
    };

    private static Note News(string line) => new(line, NoteKind.News);

    private static Note Warning(string line) => new(line, NoteKind.Warning);

    private static string Describe(RunEvent.WorkerLost lost)
    {
        var line = $"worker {lost.Worker} ({lost.Name}) lost: {lost.Reason.TrimEnd('.')}";
        return lost switch
        {
            { Alive: 0 } => $"{line}; no worker is left, the run goes on when one joins",
            { Moved: > 0 } => $"{line}; its {RunProgress.Count(lost.Moved, "shard")} {(lost.Moved == 1 ? "goes" : "go")} to the others, the answer stays the same",
            _ => $"{line}; the run goes on with {RunProgress.Count(lost.Alive, "worker")}, the answer stays the same",
        };
    }
}
