namespace Distributed.Jobs.Catalogs;

/// <summary>Kinds that can stand in the same place of a job: layers, losses.</summary>
/// <param name="Name">In a sentence: "layer".</param>
/// <param name="Article">"a layer".</param>
/// <param name="Plural">"layers".</param>
/// <param name="Kinds">In alphabetical order of names.</param>
public sealed record Family(string Name, string Article, string Plural, params IReadOnlyList<Kind> Kinds)
{
    public IReadOnlyList<Kind> Kinds { get; } = [.. Kinds.OrderBy(kind => kind.Name, StringComparer.Ordinal)];

    public Kind? Find(string name) => Kinds.FirstOrDefault(kind => kind.Name == name);

    /// <summary>The kind that an object is of; null: none of this family.</summary>
    public Kind? Of(object value) => Kinds.FirstOrDefault(kind => kind.Type == value.GetType());
}
