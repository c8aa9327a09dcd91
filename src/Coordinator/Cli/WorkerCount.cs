using System.Globalization;
using Distributed.Coordinator.Cli.Processes;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli;

/// <summary>How many workers a run is to have: <c>N</c>, or <c>MIN:MAX</c>.</summary>
/// <param name="First">The first step waits for so many.</param>
/// <param name="Least">With fewer the run waits, at any time.</param>
/// <param name="Most">More are asked to wait until one leaves.</param>
internal sealed record WorkerCount(int First, int Least, int Most)
{
    /// <summary>Worker processes or actors that <c>train</c> starts: the most where a range is given.</summary>
    public int Started => Most == CoordinatorLimits.MaxWorkers ? First : Most;

    /// <summary>N to begin with; more may join later, and any may be lost.</summary>
    public static WorkerCount Of(int count) => new(count, 1, CoordinatorLimits.MaxWorkers);

    /// <exception cref="UserException"><paramref name="text"/> is neither N nor MIN:MAX.</exception>
    public static WorkerCount Parse(string text)
    {
        var parts = text.Split(':');
        int[] counts = [.. parts.Select(part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= CoordinatorLimits.MaxWorkers ? count : 0)];
        return counts switch
        {
            [> 0] => Of(counts[0]),
            [> 0, > 0] when counts[0] <= counts[1] => new WorkerCount(counts[0], counts[0], counts[1]),
            [> 0, > 0] => throw new UserException(
                $"--workers: wanted MIN:MAX with MIN no larger than MAX, as in {counts[1]}:{counts[0]}, came \"{text}\""),
            _ => throw new UserException($"--workers: wanted a whole number from 1 to {CoordinatorLimits.MaxWorkers}, or MIN:MAX as in 2:8, came \"{text}\""),
        };
    }

    /// <summary>Why a run cannot go on without a worker of this machine; null: it can.</summary>
    public string? Failure(LostWorker gone, bool hasBegun)
    {
        var isMeant = Started > First; // MIN:MAX: more than the first are started, and may be lost before it begins
        if (gone.Left >= Least && (hasBegun || (isMeant && gone.Left >= First))) return null;
        return gone.Left == 0 ? $"{gone.Cause}. No worker is left"
            : hasBegun ? $"{gone.Cause}. {Least} workers are wanted at least, {gone.Left} are left"
            : $"{gone.Cause}. Not all workers could begin";
    }

    public override string ToString() => Least == 1 && Most == CoordinatorLimits.MaxWorkers ? $"{First}" : $"{Least}:{Most}";
}
