using System.Collections.Immutable;
using Distributed.Jobs.Reading;

namespace Distributed.Jobs.Writing;

/// <summary>Where in the canonical form a value is being written.</summary>
/// <param name="AnswerOnly">Leave out keys that cannot change a run's answer.</param>
internal sealed record CanonicalScope(string Path, bool AnswerOnly)
{
    public CanonicalScope Inside(string key) => this with { Path = Path.Length == 0 ? key : $"{Path}.{key}" };

    public CanonicalScope At(int index) => this with { Path = $"{Path}[{index}]" };

    /// <summary>For an object that only C# can build.</summary>
    public JobException Unwritable(string message) => new([new JobProblem("", 0, 0, Path, message)]);

    public static ScalarNode Plain(string text) => new(default, text, false);

    public static ScalarNode Text(string text) => new(default, text, true);

    public static MappingNode Mapping(List<Entry> entries) => new(default, entries);

    public static SequenceNode Sequence(List<Node> items) => new(default, items);
}
