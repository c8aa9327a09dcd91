using System.Collections.Immutable;

namespace Distributed.Jobs;

/// <summary>A job that cannot run, with all its problems; the message has one a line.</summary>
public sealed class JobException(ImmutableArray<JobProblem> problems) : Exception(string.Join('\n', problems))
{
    public ImmutableArray<JobProblem> Problems { get; } = problems;
}
