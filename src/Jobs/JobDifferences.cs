using Distributed.Jobs.Catalogs;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs;

/// <summary>A key that has another value in another job.</summary>
/// <param name="Path">As an override names it: <c>optimizer.sgd.rate</c>, <c>model[0].linear.outputs</c>.</param>
/// <param name="Here">The value on one line; of a list of another length its items in short, of a part of another kind the kind.</param>
/// <param name="There">The same of the other job.</param>
public sealed record JobDifference(string Path, string Here, string There);

/// <summary>Why two jobs have different answers.</summary>
/// <remarks>Both canonical forms are walked down at once: without what cannot change the answer, as in <see cref="Job.Fingerprint"/>, to see what
/// differs, and whole, since keys that were added later are left out of the first form where they have their default. So there
/// is a difference exactly where the fingerprints differ. Where kinds differ (sgd and adam), or the lengths of lists, the key above them
/// is named, not all that is below.</remarks>
public static class JobDifferences
{
    /// <summary>Characters of a value at most.</summary>
    private const int MaxValue = 60;

    /// <returns>In the order of the canonical form; empty where the answer is the same.</returns>
    /// <exception cref="JobException">As <see cref="Job.ToYaml"/>.</exception>
    public static IReadOnlyList<JobDifference> Between(Job here, Job there)
    {
        var found = new List<JobDifference>();
        Compare("", Forms.Of(here), Forms.Of(there), found);
        return found;
    }

    private static void Compare(string path, Forms here, Forms there, List<JobDifference> found)
    {
        if (here.DecidesAs(there)) return;
        switch (here.Whole, there.Whole)
        {
            case (MappingNode mine, MappingNode other) when HaveSameKeys(mine, other):
                foreach (var key in mine.Entries.Select(entry => entry.Key.Text))
                    Compare(path.Length == 0 ? key : $"{path}.{key}", here.Inside(key), there.Inside(key), found);
                break;
            case (SequenceNode mine, SequenceNode other) when mine.Items.Count == other.Items.Count:
                for (var i = 0; i < mine.Items.Count; i++) Compare($"{path}[{i}]", here.At(i), there.At(i), found);
                break;
            default:
                found.Add(new JobDifference(path, Shown(here.Whole, there.Whole), Shown(there.Whole, here.Whole)));
                break;
        }
    }

    private static bool HaveSameKeys(MappingNode mine, MappingNode other) =>
        mine.Entries.Select(entry => entry.Key.Text).SequenceEqual(other.Entries.Select(entry => entry.Key.Text));

    /// <summary>A list's items where their number is what differs, a kind's name, or the value.</summary>
    private static string Shown(Node node, Node other) => node switch
    {
        SequenceNode list when other is SequenceNode => Items(list) is var text && text.Length <= MaxValue ? text : $"{text[..MaxValue]}… ({list.Items.Count} in all)",
        MappingNode { Entries: [{ Value: MappingNode } kind] } => kind.Key.Text,
        _ => YamlText.Flow(node) is var text && text.Length <= MaxValue ? text : text[..MaxValue] + "…",
    };

    private static string Items(SequenceNode list) => string.Join(", ", list.Items.Select(InShort));

    /// <summary>A kind with the first of its keys: <c>linear 512</c>, <c>residual (linear 512, relu)</c>.</summary>
    private static string InShort(Node item) => item switch
    {
        MappingNode { Entries: [{ Key.Text: var kind, Value: MappingNode { Entries: [{ Value: SequenceNode inner }, ..] } }] } => $"{kind} ({Items(inner)})",
        MappingNode { Entries: [{ Key.Text: var kind, Value: MappingNode { Entries: [{ Value: ScalarNode first }, ..] } }] } => $"{kind} {first.Text}",
        _ => YamlText.Flow(item),
    };

    /// <param name="Deciding">What decides the answer; null: nothing of this does, or it is the default.</param>
    private sealed record Forms(Node? Deciding, Node Whole)
    {
        public static Forms Of(Job job) => new(Catalog.Job.Write(job, new CanonicalScope("", AnswerOnly: true)),
            Catalog.Job.Write(job, new CanonicalScope("", AnswerOnly: false)));

        public Forms Inside(string key) => new((Deciding as MappingNode)?.Find(key)?.Value, ((MappingNode)Whole).Find(key)!.Value);

        public Forms At(int index) => new((Deciding as SequenceNode)?.Items[index], ((SequenceNode)Whole).Items[index]);

        public bool DecidesAs(Forms other) => Deciding is null || other.Deciding is null
            ? Deciding == other.Deciding
            : YamlText.Flow(Deciding) == YamlText.Flow(other.Deciding);
    }
}
