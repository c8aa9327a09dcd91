using Distributed.Coordinator.Running;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Coordinator.Embedding;

/// <summary>How a <see cref="Trainer"/> goes about a run; none of it changes the answer.</summary>
public sealed record TrainerOptions
{
    /// <summary>Workers, from 1 to <see cref="CoordinatorLimits.MaxWorkers"/>; one for each core where nothing is said.</summary>
    public int Workers
    {
        get;
        init => field = value is >= 1 and <= CoordinatorLimits.MaxWorkers ? value
            : throw new ArgumentOutOfRangeException(nameof(Workers), value, $"a run has 1 to {CoordinatorLimits.MaxWorkers} workers");
    } = Environment.ProcessorCount;

    /// <summary>Whether workers are actors of this process; else each is a process of this program.</summary>
    public bool InProcess { get; init; }

    /// <summary>Told of what happens, from the coordinator's turns: must not block. Null: nobody.</summary>
    public IRunObserver? Observer { get; init; }

    /// <summary>Where warnings go, and the lines of worker processes.</summary>
    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;
}
