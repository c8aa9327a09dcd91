using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>Checkpoints in virtual time: gone on from at every step, and taken by the clock.</summary>
public class ResumeTests
{
    private static readonly TrainingSetup Setup = TestRun.Setup(epochs: 3);

    /// <summary>From the beginning, from every step in mid-epoch and at the end of each epoch, with 1 to 5 workers: one
    /// answer.</summary>
    [Fact]
    public void A_run_goes_on_from_any_step_with_any_number_of_workers()
    {
        var plain = LocalTrainer.Run(Setup);
        var all = new List<RunSnapshot>();
        Run(new Options(Workers: 2, Every: 1, Save: snapshot => all.Add(snapshot)));
        Assert.Equal(Enumerable.Range(1, (int)Setup.TotalSteps), all.Select(snapshot => (int)snapshot.Step));

        foreach (var snapshot in all)
            for (var workers = 1; workers <= 5; workers++)
            {
                var (result, _) = Run(new Options(workers, Resume: snapshot));
                Assert.True(plain.Fingerprint == result.Fingerprint, $"step {snapshot.Step}, {workers} workers: another answer");
                Assert.Equal(plain.LossHistory, result.LossHistory);
                Assert.Equal(plain.TestAccuracyHistory, result.AccuracyHistory);
            }
    }

    [Fact]
    public void A_checkpoint_is_taken_by_the_clock_and_the_steps_go_on_meanwhile()
    {
        var interval = TimeSpan.FromSeconds(1);
        var steps = new List<long>();
        var (_, events) = Run(new Options(Workers: 1, Interval: interval, StepTime: TimeSpan.FromSeconds(0.6), SaveTime: TimeSpan.FromSeconds(0.9),
            Save: snapshot => steps.Add(snapshot.Step)));

        var commits = events.Where(entry => entry.Event is RunEvent.StepCommitted).Select(entry => entry.Time).ToArray();
        (long Step, TimeSpan Time)[] saved = [.. steps.Select(step => (step, commits[step - 1]))];
        var perEpoch = Setup.Layout.BatchesPerEpoch;
        var inBetween = saved.Where(one => one.Step % perEpoch != 0).ToArray();
        Assert.True(inBetween.Length >= 2, $"{inBetween.Length} checkpoints in mid-epoch");
        for (var i = 1; i < saved.Length; i++)
            if (saved[i].Step % perEpoch != 0)
                Assert.True(saved[i].Time - saved[i - 1].Time >= interval, $"step {saved[i].Step} after {saved[i].Time - saved[i - 1].Time}");
        Assert.Contains(inBetween, one => commits.Any(time => time > one.Time && time < one.Time + TimeSpan.FromSeconds(0.9)));
    }

    /// <param name="Every">Steps between checkpoints.</param>
    /// <param name="StepTime">What a partial sum takes.</param>
    /// <param name="SaveTime">What a checkpoint takes.</param>
    private sealed record Options(int Workers, int Every = 0, TimeSpan? Interval = null, RunSnapshot? Resume = null,
        TimeSpan StepTime = default, TimeSpan SaveTime = default, Action<RunSnapshot>? Save = null);

    private static (RunResult Result, IReadOnlyList<(TimeSpan Time, RunEvent Event)> Events) Run(Options options)
    {
        var simulation = new Simulation(seed: 1)
        {
            WorkDuration = (_, name) => name.StartsWith("step", StringComparison.Ordinal) ? options.StepTime
                : name.StartsWith("checkpoint", StringComparison.Ordinal) ? options.SaveTime
                : TimeSpan.FromMilliseconds(1),
        };
        var events = new List<(TimeSpan, RunEvent)>();
        var recorder = new TestRun.Recorder(happened => events.Add((simulation.Now, happened)));
        var run = TestRun.Options(Setup, options.Workers) with
        {
            CheckpointEvery = options.Every,
            CheckpointInterval = options.Interval,
            Resume = options.Resume,
            Checkpoints = options.Save is { } save ? new Store(save) : null,
        };
        var leader = simulation.AddNode("coordinator",
            node => node.Spawn("coordinator", () => new CoordinatorActor(run, recorder), Supervision.Never));
        for (var i = 1; i <= options.Workers; i++)
            simulation.AddNode($"worker-{i}", node => node.Spawn("worker", () => TestRun.Worker(Setup, node.Remote(leader, "coordinator"), node.Name,
                destination: place => node.RegisterDestination("worker", place), clock: () => simulation.Now), Supervision.Never));
        Assert.True(simulation.RunUntil(() => recorder.Result is not null, TimeSpan.FromMinutes(10)), "no end within ten minutes");
        return (recorder.Result!, events);
    }

    private sealed class Store(Action<RunSnapshot> save) : ICheckpointStore
    {
        public string Save(RunSnapshot snapshot)
        {
            save(snapshot);
            return $"step {snapshot.Step}";
        }
    }
}
