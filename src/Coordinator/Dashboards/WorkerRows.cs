using System.Text.RegularExpressions;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Dashboards;

/// <summary>Those who take part, and those who did.</summary>
internal static partial class WorkerRows
{
    /// <summary>Of those that are gone, the last ones.</summary>
    private const int MaxGone = 16;

    /// <param name="now">Null: nobody leads the run.</param>
    public static IReadOnlyList<WorkerRow> Of(IReadOnlyList<WorkerDescription>? now, IReadOnlyList<EventLine> events, RunTimeline? timeline, string stateOfOthers)
    {
        var rows = new SortedDictionary<int, WorkerRow>();
        foreach (var line in events)
        {
            if (line.Worker is not { } number) continue;
            if (line.What == "joined") rows[number] = Row(number, NameIn(line.Text), stateOfOthers, 0, timeline);
            else if (line.What is "lost" or "excluded" && rows.TryGetValue(number, out var row)) rows[number] = row with { State = line.What, Why = line.Text, Times = null };
        }
        foreach (var worker in now ?? [])
            rows[worker.Number] = Row(worker.Number, worker.Name, Word(worker.Phase), worker.SamplesPerSecond, timeline);
        var gone = rows.Values.Where(row => row.State is "lost" or "excluded").ToArray();
        foreach (var row in gone.SkipLast(MaxGone)) rows.Remove(row.Number);
        return [.. rows.Values];
    }

    private static WorkerRow Row(int number, string name, string state, double rate, RunTimeline? timeline) =>
        new(number, name, state, timeline?.LastShardsOf(number) ?? 0, rate, timeline?.SharesOf(number), null);

    private static string Word(WorkerPhase phase) => phase switch
    {
        WorkerPhase.Loading => "loading",
        WorkerPhase.Idle => "idle",
        WorkerPhase.Working => "working",
        WorkerPhase.CatchingUp => "catching up",
        WorkerPhase.Late => "late",
        _ => "stalled",
    };

    private static string NameIn(string sentence) => Parenthesized().Match(sentence) is { Success: true } match ? match.Groups[1].Value : "";

    [GeneratedRegex(@"\(([^)]*)\)")]
    private static partial Regex Parenthesized();
}
