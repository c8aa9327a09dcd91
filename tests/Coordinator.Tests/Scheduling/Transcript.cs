using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Scheduling;

/// <summary>Runs a schedule from a text that someone who writes no C# can read, and writes down what it does.</summary>
/// <remarks>
/// The first line that is no comment is the plan ("plan shards 8 steps 3 per epoch 3 blocks 2 workers 2"); each further one an
/// input, behind "->" its effects. A line may begin with its time ("2.5s tick"); without one the time stands still, and it is not told
/// when the schedule wants to be woken. <see cref="Play"/> keeps the inputs and writes the effects anew.
/// </remarks>
internal static partial class Transcript
{
    public static string Play(string text)
    {
        Schedule? schedule = null;
        var result = new StringBuilder();
        TimeSpan? now = null;
        foreach (var line in text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            var input = line.Split("->")[0].TrimEnd();
            if (input.Length == 0 || input.StartsWith('#')) result.Append(input);
            else if (schedule is null)
            {
                schedule = new Schedule(Plan(input));
                result.Append(input);
            }
            else
            {
                var time = TimePattern().Match(input);
                if (time.Success) now = TimeSpan.FromSeconds(double.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture));
                var effects = Tell(schedule, Parse(input[time.Length..]), now ?? TimeSpan.Zero)
                    .Where(effect => effect is not Effect.WakeAt || now is not null).ToArray();
                result.Append($"{input,-34} -> {(effects.Length == 0 ? "nothing" : string.Join("; ", effects.Select(Say)))}");
            }
            result.Append('\n');
        }
        return result.ToString();
    }

    private static IReadOnlyList<Effect> Tell(Schedule schedule, object input, TimeSpan now) => input switch
    {
        Input.PartialDone done => schedule.On(done, now),
        Input.WeightsHeld held => schedule.On(held, now),
        _ => schedule.On((Input)input, now),
    };

    private static RunPlan Plan(string line)
    {
        var match = PlanPattern().Match(line);
        Assert.True(match.Success, $"no plan: {line}");
        int Number(string name, int otherwise) => match.Groups[name].Success ? int.Parse(match.Groups[name].Value) : otherwise;
        return new RunPlan(Number("shards", 0), Number("epoch", 0), Number("steps", 0), Number("blocks", 0), Number("workers", 1),
            Number("from", 0), match.Groups["evaluate"].Success, match.Groups["early"].Success, Number("least", 1))
        {
            Audit = match.Groups["audit"].Success ? new AuditPlan(double.Parse(match.Groups["audit"].Value, CultureInfo.InvariantCulture), 1) : null,
        };
    }

    private static object Parse(string line)
    {
        var word = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return word[0] switch
        {
            "join" => new Input.Joined(Worker(word[1]), word.Length > 3 ? long.Parse(word[3]) : -1),
            "lost" => new Input.Lost(Worker(word[1]), "killed"),
            "held" => new Input.WeightsHeld(Worker(word[1]), long.Parse(word[3])),
            "partial" => new Input.PartialDone(Worker(word[1]), long.Parse(word[3]), Shards(word[5]), 8,
                word.Length > 7 ? 8 / double.Parse(word[7], CultureInfo.InvariantCulture) : 0, word[^1] == "dropped"),
            "hash" => new Input.PartialDone(Worker(word[1]), long.Parse(word[3]), Shards(word[5]), 8, 0, Hash: word[6], IsAudit: word[^1] == "only"),
            "block" => new Input.BlockDone(Worker(word[1]), long.Parse(word[3]), int.Parse(word[5]), word[^1] == "dropped"),
            "tick" => Input.Tick.Instance,
            "judged" => new Input.EpochJudged(word[1] == "enough" ? "nothing better came" : null),
            "stop" => new Input.StopRequested("asked"),
            "fail" => new Input.Fail("NaN"),
            _ => throw new ArgumentException($"no input: {line}"),
        };
    }

    private static int Worker(string word) => int.Parse(word[1..]);

    private static ShardRange Shards(string word)
    {
        var ends = word.Split('-').Select(int.Parse).ToArray();
        return new ShardRange(ends[0], ends[^1] - ends[0] + 1);
    }

    private static string Say(Effect effect) => effect switch
    {
        Effect.SendWeights { HasCurrent: true } send => $"w{send.Worker} has the weights",
        Effect.SendWeights send => $"weights to w{send.Worker}",
        Effect.Copied copied => $"{copied.Units} late ones also to w{copied.Worker}",
        Effect.Stalled stalled => $"w{stalled.Worker} is stalled since {Seconds(stalled.Since)}",
        Effect.Recovered recovered => $"w{recovered.Worker} goes on",
        Effect.WakeAt wake => $"wake at {Seconds(wake.Time)}",
        Effect.HoldWeights hold => $"no more weights to w{hold.Worker}",
        Effect.Assign { IsAudit: true } audit => $"w{audit.Worker} audits step {audit.Step} shards {string.Join(",", audit.Ranges)}",
        Effect.Count { IsAudited: true } count => $"count w{count.Worker}'s shard {count.Shard}",
        Effect.Count count => $"count w{count.Worker}'s shard {count.Shard} unaudited",
        Effect.Disputed disputed => $"shard {disputed.Shard} is disputed by {string.Join(" and ", disputed.Workers.Select(worker => $"w{worker}"))}",
        Effect.Exclude exclude => $"exclude w{exclude.Worker}",
        Effect.Assign assign => $"w{assign.Worker} step {assign.Step} shards {string.Join(",", assign.Ranges)}",
        Effect.Evaluate evaluate => $"w{evaluate.Worker} evaluates {evaluate.Version} blocks {string.Join(",", evaluate.Blocks)}",
        Effect.Commit commit => $"commit {commit.Step}",
        Effect.EndEpoch end => $"end of epoch {end.Epoch}",
        Effect.WaitForWorkers wait => $"wait ({wait.Have} of {wait.Want} workers)",
        Effect.ShardsMoved moved => $"{moved.Units} taken from w{moved.Worker}",
        Effect.Finish finish => $"{finish.End}: {finish.Reason}",
        Effect.Ignored ignored => $"ignored ({ignored.Reason})",
        _ => throw new ArgumentException($"no words for {effect}"),
    };

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###}s");

    [GeneratedRegex(@"^([0-9.]+)s +")]
    private static partial Regex TimePattern();

    [GeneratedRegex(@"^plan shards (?<shards>\d+) steps (?<steps>\d+) per epoch (?<epoch>\d+)( blocks (?<blocks>\d+))?( workers (?<workers>\d+))?( least (?<least>\d+))?( from (?<from>\d+))?(?<evaluate> evaluate first)?(?<early> may end early)?( audit (?<audit>[0-9.]+))?$")]
    private static partial Regex PlanPattern();
}
