using System.Collections.Immutable;

namespace Distributed.Jobs;

/// <summary>What reading a job gave: the job, or every problem that stands against it.</summary>
/// <param name="Job">Null exactly where there are problems.</param>
/// <param name="Problems">In the order of the text.</param>
public sealed record JobResult(Job? Job, ImmutableArray<JobProblem> Problems)
{
    /// <exception cref="JobException">There are problems.</exception>
    public Job GetOrThrow() => Job ?? throw new JobException(Problems);
}
