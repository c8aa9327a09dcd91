using Distributed.Engine.Data;

namespace Distributed.Jobs.Catalogs;

internal static class CommonTypes
{
    public static IntegerType Seed { get; } = new(0, long.MaxValue);

    public static WordType<Scaling> Scaling { get; } = new("scaling",
        ("none", Engine.Data.Scaling.None),
        ("unit", Engine.Data.Scaling.Unit),
        ("standardize", Engine.Data.Scaling.Standardize),
        ("standardize-per-feature", Engine.Data.Scaling.StandardizePerFeature));

    public static TextType Path { get; } = new($"a path of 1 to {JobLimits.MaxPathCharacters} characters", JobLimits.MaxPathCharacters);

    public static TextType Name { get; } = new(
        $"a name of 1 to {JobLimits.MaxNameCharacters} letters, digits, '-', '_' or '.' that begins with a letter or digit",
        JobLimits.MaxNameCharacters,
        name => char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));
}
