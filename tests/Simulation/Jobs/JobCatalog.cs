namespace Distributed.Simulations.Jobs;

/// <summary>The jobs that a thread has met, with their answers: made once.</summary>
internal sealed class JobCatalog
{
    private readonly Dictionary<JobShape, Reference> _references = [];

    public Reference Of(JobShape shape)
    {
        if (!_references.TryGetValue(shape, out var reference)) _references[shape] = reference = new Reference(shape);
        return reference;
    }
}
