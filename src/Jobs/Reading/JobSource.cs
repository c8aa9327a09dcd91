namespace Distributed.Jobs.Reading;

/// <summary>Where the keys of a job stand in its text, for problems that show only when the data is at hand.</summary>
/// <param name="Model">The model as it was read: the places of one put in its stead later are not here.</param>
internal sealed record JobSource(IReadOnlyDictionary<string, Place> Places, object Model)
{
    public Place Of(Job job, string path) =>
        ReferenceEquals(job.Model, Model) && Places.TryGetValue(path, out var place) ? place : new Place("", 0, 0);
}
