using Distributed.Actors;
using Distributed.Engine.Randomness;
using Distributed.Simulations.Faults;
using Distributed.Simulations.Jobs;

namespace Distributed.Simulations.Running;

/// <summary>All that decides a simulated run besides the program: drawn from its seed and the faults that are allowed.</summary>
internal sealed record Scenario
{
    /// <summary>Names the stream of random numbers that scenarios are drawn from.</summary>
    private const uint Stream = 10;

    public required ulong Seed { get; init; }

    public required JobShape Job { get; init; }

    /// <summary>At the start, 1..6.</summary>
    public required int Workers { get; init; }

    /// <summary>Workers to wait for before the first step.</summary>
    public required int FirstWorkers { get; init; }

    /// <summary>With fewer the run waits.</summary>
    public required int MinWorkers { get; init; }

    /// <summary>More are asked to wait.</summary>
    public required int MaxWorkers { get; init; }

    public required int ChunkElements { get; init; }

    /// <summary>Steps between checkpoints; 0: only at the ends of epochs.</summary>
    public required int CheckpointEvery { get; init; }

    /// <summary>Checkpoints that are kept.</summary>
    public required int Keep { get; init; }

    /// <summary>Faults that may happen in this run.</summary>
    public required IReadOnlySet<FaultKind> Faults { get; init; }

    /// <summary>Virtual time after which nothing more fails and all that failed is repaired.</summary>
    public required TimeSpan FaultTime { get; init; }

    /// <summary>Mean time between two faults.</summary>
    public required TimeSpan Pause { get; init; }

    /// <summary>About how long a worker takes for one run of shards.</summary>
    public required TimeSpan Work { get; init; }

    public required NetworkFaults Network { get; init; }

    /// <summary>Every second worker is without the data, and is sent samples.</summary>
    public bool Ships { get; init; }

    /// <param name="allowed">Each of them is on in about half of all runs, so that they meet in many mixtures.</param>
    public static Scenario Draw(ulong seed, IReadOnlySet<FaultKind> allowed)
    {
        var random = new RandomStream(seed, RandomPurpose.Test, Stream);
        var kinds = Enum.GetValues<JobKind>();
        var kind = kinds[random.NextInt(kinds.Length)];
        var job = new JobShape(kind, Shards: 1 << (1 + random.NextInt(3)), Batch: 10,
            Epochs: kind == JobKind.EarlyStopping ? 10 : 4 + 2 * random.NextInt(2), HasTest: random.NextInt(2) == 0 || kind == JobKind.EarlyStopping);
        var workers = 1 + random.NextInt(6);
        var firstWorkers = 1 + random.NextInt(workers);
        var minWorkers = random.NextInt(3) == 0 ? 1 + random.NextInt(firstWorkers) : 1;
        var maxWorkers = random.NextInt(3) == 0 ? firstWorkers : SimulatedRunLimits.MaxWorkers;
        var chunkElements = 5 + random.NextInt(40);
        var every = random.NextInt(4);
        var keep = 1 + random.NextInt(3);
        var pause = TimeSpan.FromSeconds(0.1 + 2 * random.NextDouble());
        var time = TimeSpan.FromSeconds(5 + 40 * random.NextDouble());
        var work = TimeSpan.FromMilliseconds(10 + 190 * random.NextDouble());
        var faults = FaultNames.All.Where(fault => random.NextInt(2) == 0 & allowed.Contains(fault)).ToHashSet();
        var ships = random.NextInt(3) == 0;
        return new Scenario
        {
            Seed = seed,
            Ships = ships,
            Job = job,
            Workers = workers,
            FirstWorkers = firstWorkers,
            MinWorkers = minWorkers,
            MaxWorkers = maxWorkers,
            ChunkElements = chunkElements,
            CheckpointEvery = every,
            Keep = keep,
            Faults = faults,
            FaultTime = time,
            Pause = pause,
            Work = work,
            Network = new NetworkFaults
            {
                Delay = Rate(FaultKind.Delay, 0.02),
                Fragment = Rate(FaultKind.Fragment, 0.1),
                Duplicate = Rate(FaultKind.Duplicate, 0.03),
                Corrupt = Rate(FaultKind.CorruptFrame, 0.001),
                CutInMessage = faults.Contains(FaultKind.CutInMessage),
                Interleave = faults.Contains(FaultKind.Interleaving),
            },
        };

        double Rate(FaultKind fault, double rate) => faults.Contains(fault) ? rate : 0;
    }

    /// <summary>For the head of a transcript.</summary>
    public override string ToString() =>
        $"seed {Seed}: {Job.Kind}, {Job.Shards} shards, {Job.Epochs} epochs{(Job.HasTest ? " with tests" : "")}, {Workers} workers (first {FirstWorkers}, then {MinWorkers}:{MaxWorkers}), "
        + $"chunks of {ChunkElements}, a checkpoint every {(CheckpointEvery == 0 ? "epoch" : $"{CheckpointEvery} steps")}, keeps {Keep}{(Ships ? ", ships samples" : "")}, "
        + $"work {Work.TotalMilliseconds:0} ms, for {FaultTime.TotalSeconds:0} s a fault every {Pause.TotalSeconds:0.0} s of: "
        + (Faults.Count == 0 ? "none" : string.Join(", ", Faults.Order().Select(FaultNames.Of)));
}
