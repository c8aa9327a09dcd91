using System.Collections.Immutable;
using System.Globalization;

namespace Distributed.Engine.Training;

/// <summary>The record of the steps of a run that were skipped, see <see cref="NonFinitePolicy.Skip"/>. Immutable.</summary>
/// <remarks>Kept as runs of steps one after another, so that its size follows from how often that began and not from how long it went on.
/// Steps are numbered from 0. Invariant: runs are in order, with at least one step between two of them.</remarks>
public sealed class SkippedSteps
{
    private readonly ImmutableArray<(long First, long Last)> _runs;

    private SkippedSteps(ImmutableArray<(long, long)> runs) => _runs = runs;

    public static SkippedSteps None { get; } = new([]);

    public long Count => _runs.Sum(run => run.Last - run.First + 1);

    /// <summary>Each of them, in order.</summary>
    public IEnumerable<long> Steps
    {
        get
        {
            foreach (var (first, last) in _runs)
                for (var step = first; step <= last; step++) yield return step;
        }
    }

    /// <param name="step">After all that are recorded.</param>
    public SkippedSteps Add(long step)
    {
        if (_runs.IsEmpty || _runs[^1].Last < step - 1) return new SkippedSteps(_runs.Add((step, step)));
        if (_runs[^1].Last != step - 1) throw new ArgumentOutOfRangeException(nameof(step), step, $"steps are skipped in order; {_runs[^1].Last} was the last");
        return new SkippedSteps(_runs.SetItem(_runs.Length - 1, (_runs[^1].First, step)));
    }

    /// <summary>"12 57-58"; empty where there are none.</summary>
    public override string ToString() =>
        string.Join(' ', _runs.Select(run => run.First == run.Last ? Text(run.First) : $"{Text(run.First)}-{Text(run.Last)}"));

    /// <summary>The way back from <see cref="ToString"/>.</summary>
    /// <param name="end">Every step is below.</param>
    /// <returns>Null where the text is none that <see cref="ToString"/> writes.</returns>
    public static SkippedSteps? Parse(string text, long end)
    {
        var runs = ImmutableArray.CreateBuilder<(long, long)>();
        var before = -2L;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = word.IndexOf('-');
            if (!TryNumber(dash < 0 ? word : word[..dash], out var first) || !TryNumber(word[(dash + 1)..], out var last)) return null;
            if (first <= before + 1 || last < first || last >= end || (dash >= 0 && first == last)) return null;
            runs.Add((first, last));
            before = last;
        }
        return new SkippedSteps(runs.DrainToImmutable());
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
