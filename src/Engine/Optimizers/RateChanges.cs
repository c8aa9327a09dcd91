using System.Collections.Immutable;
using System.Globalization;

namespace Distributed.Engine.Optimizers;

/// <summary>From a step on the optimizer's rate is another one; a schedule's factor is multiplied with it as before.</summary>
/// <param name="Step">From 0.</param>
/// <param name="Rate">Finite, at least 0.</param>
public readonly record struct RateChange(long Step, float Rate);

/// <summary>The steps of a run at which its learning rate was set anew: part of what decides its answer. Immutable.</summary>
/// <remarks>Invariant: steps are in order, each once.</remarks>
public sealed class RateChanges
{
    /// <summary>More of them are refused.</summary>
    public const int MaxCount = 1000;

    private readonly ImmutableArray<RateChange> _changes;

    private RateChanges(ImmutableArray<RateChange> changes) => _changes = changes;

    public static RateChanges None { get; } = new([]);

    public int Count => _changes.Length;

    /// <summary>By step.</summary>
    public IReadOnlyList<RateChange> All => _changes;

    /// <param name="changes">By step; of two at one step the second counts.</param>
    /// <exception cref="ArgumentException">They are not in order, too many, or a rate is negative or not finite.</exception>
    public static RateChanges Of(params ReadOnlySpan<RateChange> changes)
    {
        var all = None;
        foreach (var (step, rate) in changes) all = all.Set(step, rate);
        return all;
    }

    /// <summary>The rate that was set for a step; null: the optimizer's own.</summary>
    public float? At(long step)
    {
        for (var i = _changes.Length - 1; i >= 0; i--)
            if (_changes[i].Step <= step) return _changes[i].Rate;
        return null;
    }

    /// <summary>The same with one more, or with another rate at the last one's step.</summary>
    /// <param name="step">Not before the last one's.</param>
    /// <param name="rate">Finite, at least 0.</param>
    /// <exception cref="ArgumentException">One of these is not so, or there are <see cref="MaxCount"/>.</exception>
    public RateChanges Set(long step, float rate)
    {
        Setting.NotNegative(rate, "a learning rate");
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (_changes is [.., var last] && last.Step >= step)
        {
            return last.Step == step ? new RateChanges(_changes.SetItem(_changes.Length - 1, new RateChange(step, rate)))
                : throw new ArgumentException($"rates are set in the order of their steps: {last.Step} was the last, came {step}");
        }
        if (_changes.Length == MaxCount) throw new ArgumentException($"a run's learning rate is set {MaxCount} times at most");
        return new RateChanges(_changes.Add(new RateChange(step, rate)));
    }

    /// <summary>"1200=0.01 2400=0.001", the fewest digits that give the same float back; empty where there are none.</summary>
    public override string ToString() =>
        string.Join(' ', _changes.Select(change => string.Create(CultureInfo.InvariantCulture, $"{change.Step}={change.Rate:R}")));

    /// <summary>The way back from <see cref="ToString"/>.</summary>
    /// <returns>Null where the text is none that <see cref="ToString"/> writes.</returns>
    public static RateChanges? Parse(string text)
    {
        var changes = None;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = word.IndexOf('=');
            if (equals < 0 || !long.TryParse(word.AsSpan(0, equals), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
                || !float.TryParse(word.AsSpan(equals + 1), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var rate)
                || !float.IsFinite(rate) || changes.Count == MaxCount || (changes._changes is [.., var last] && step <= last.Step)) return null;
            changes = changes.Set(step, rate);
        }
        return changes;
    }
}
