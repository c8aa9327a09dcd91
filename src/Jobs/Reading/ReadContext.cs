using System.Collections.Immutable;

namespace Distributed.Jobs.Reading;

/// <summary>What reading a job has found so far: its problems, and where each key stands.</summary>
internal sealed class ReadContext(string file)
{
    private readonly List<JobProblem> _problems = [];
    private readonly Dictionary<string, Place> _places = [];

    /// <summary>Where the job as a whole is: its file, no line.</summary>
    public Place Start { get; } = new(file, 0, 0);

    public bool HasProblems => _problems.Count > 0;

    public IReadOnlyDictionary<string, Place> Places => _places;

    public void Report(Place place, string path, string message)
    {
        if (_problems.Count < JobLimits.MaxProblems)
            _problems.Add(new JobProblem(place.File, place.Line, place.Column, path, message));
        else if (_problems.Count == JobLimits.MaxProblems)
            _problems.Add(new JobProblem(Start.File, 0, 0, "", $"more than {JobLimits.MaxProblems} problems; the rest is left out"));
    }

    /// <summary>Remembers where <paramref name="path"/> stands, for problems found later (shapes).</summary>
    public void Remember(string path, Place place) => _places[path] = place;

    /// <summary>Problems of the file in the order of its lines, then those of overrides in the order given.</summary>
    public ImmutableArray<JobProblem> Problems() =>
        [.. _problems.OrderBy(p => p.Line == 0).ThenBy(p => p.Line).ThenBy(p => p.Column)];
}
